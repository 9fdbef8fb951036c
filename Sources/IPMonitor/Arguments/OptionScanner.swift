/// Takes a command line apart as getopt(3) does: letters in a bundle, values behind their letter or in the next word,
/// `--` for the end, operands anywhere.
struct OptionScanner {
    enum Item: Equatable {
        /// A letter without a value.
        case flag(Character)
        /// A letter with its value.
        case value(Character, String)
        /// A word that is no option.
        case operand(String)
        /// A letter that is unknown.
        case unknown(Character)
        /// A letter whose value is missing.
        case missing(Character)
    }

    private let flags: Set<Character>
    private let values: Set<Character>

    init(flags: String, values: String) {
        self.flags = Set(flags)
        self.values = Set(values)
    }

    /// The options in order, then the operands in order, as the C library here brings them into order.
    func items(_ words: [String]) -> [Item] {
        var options: [Item] = []
        var operands: [Item] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest.map { .operand($0) }
                break
            }
            guard word.hasPrefix("-"), word.count > 1 else {
                operands.append(.operand(word))
                continue
            }
            scan(word.dropFirst(), &rest, &options)
        }
        return options + operands
    }

    private func scan(_ bundle: Substring, _ rest: inout ArraySlice<String>, _ items: inout [Item]) {
        var bundle = bundle
        while let letter = bundle.popFirst() {
            if flags.contains(letter) {
                items.append(.flag(letter))
            } else if values.contains(letter) {
                if !bundle.isEmpty {
                    items.append(.value(letter, String(bundle)))
                } else if let value = rest.popFirst() {
                    items.append(.value(letter, value))
                } else {
                    items.append(.missing(letter))
                }
                return
            } else {
                items.append(.unknown(letter))
            }
        }
    }
}
