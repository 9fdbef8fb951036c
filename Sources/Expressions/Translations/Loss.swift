/// Something of an expression that a translation could not carry over.
public struct Loss: Hashable, Sendable {
    /// What the translation selects, compared with the expression.
    public enum Effect: String, Hashable, Sendable {
        /// More packets, and all of the expression's.
        case wider
        /// Fewer packets, and none that the expression does not select.
        case narrower
        /// Some packets more and others less.
        case both
    }

    public var effect: Effect
    /// The condition that was lost; nil where the whole translation is meant.
    public var place: SourceRange?
    /// What was lost and, where there is one, the way out: a whole sentence.
    public var sentence: String

    public init(_ effect: Effect, at place: SourceRange? = nil, _ sentence: String) {
        self.effect = effect
        self.place = place
        self.sentence = sentence
    }
}

/// Losses in the order in which they were met, each said once.
struct LossList: Sendable {
    private(set) var losses: [Loss] = []
    private var known: Set<Loss> = []

    mutating func add(_ loss: Loss) {
        if known.insert(loss).inserted { losses.append(loss) }
    }

    mutating func add(_ effect: Loss.Effect, at place: SourceRange? = nil, _ sentence: String) {
        add(Loss(effect, at: place, sentence))
    }
}
