/// Interfaces by the kernel's index: a bit each for those that have an `InterfaceID`, and a list of the others.
@usableFromInline
struct InterfaceSet {
    private var words = [UInt64](repeating: 0, count: 1_024)
    private var others: Set<UInt32> = []

    init(_ indexes: Set<UInt32>) {
        for index in indexes {
            if index < 65_536 {
                words[Int(index >> 6)] |= 1 << UInt64(index & 63)
            } else {
                others.insert(index)
            }
        }
    }

    func contains(_ index: UInt32) -> Bool {
        index < 65_536 ? words[Int(index >> 6)] >> UInt64(index & 63) & 1 == 1 : others.contains(index)
    }
}
