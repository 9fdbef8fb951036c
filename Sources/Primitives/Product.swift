/// What all programs of this repository say of themselves.
public enum Product {
    /// The version of all of them.
    public static let version = "0.1.0"
}
