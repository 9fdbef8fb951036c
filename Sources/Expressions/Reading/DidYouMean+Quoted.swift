import Primitives

extension DidYouMean {
    /// `; did you mean "a" or "b"?` with the nearest candidates, or nothing.
    static func phrase(for word: String, among candidates: some Sequence<String>) -> String {
        phrase(nearest(to: word, among: candidates).map(Excerpt.quoted))
    }
}
