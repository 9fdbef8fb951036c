import Expressions
import PacketDecoding

/// What `gatelog explain` was asked to do.
struct ExplainPlan {
    /// The expression in another language, and what that language cannot say.
    struct Translation {
        var text: String
        var losses: [Loss] = []
    }

    /// How many of a capture's packets match.
    struct Trial {
        var file: String
        var outcome: CapturePass.Outcome
    }

    let expression: Expression
    let surroundings: Surroundings
    private let command: ExplainCommand
    private let console: Console

    init(_ command: ExplainCommand) throws {
        self.command = command
        console = Console.current
        surroundings = try Surroundings(command.names, captures: command.test)
        let text = try command.expressionFile.map(ExpressionInput.text(ofFile:)) ?? command.expression ?? ""
        expression = try ExpressionInput(text, surroundings, console).expression
    }

    func run() throws {
        let damagedFiles = command.json ? try printObject() : try printText()
        if damagedFiles > 0 { throw ToolStatus(code: GatelogTool.ExitStatus.failure) }
    }

    /// Prints sentences or a translation, then what came of each capture. Returns how many captures were damaged.
    private func printText() throws -> Int {
        if let target = command.to {
            let translation = translation(to: target)
            try console.say(translation.text + "\n")
            for loss in translation.losses { console.warn(loss.sentence) }
        } else {
            try console.say(expression.sentences(directory: surroundings.directory) + "\n")
        }
        var damagedFiles = 0
        for file in command.test {
            let outcome = try tryOn(file).outcome
            let share = HumanNumbers.share(outcome.matched, of: outcome.packets)
            try console.say(
                """
                \(file.escaped): \(HumanNumbers.grouped(outcome.matched)) of \
                \(HumanNumbers.grouped(outcome.packets)) packets\(share.isEmpty ? "" : " (\(share))")

                """)
            damagedFiles += outcome.damagedFiles
        }
        return damagedFiles
    }

    /// Prints the same as one JSON object. Returns how many captures were damaged.
    private func printObject() throws -> Int {
        let trials = try command.test.map(tryOn)
        try console.say(
            json(translated: command.to.map { ($0.rawValue, translation(to: $0)) }, trials: trials) + "\n")
        return trials.reduce(0) { $0 + $1.outcome.damagedFiles }
    }

    private func translation(to target: ExplainCommand.Target) -> Translation {
        let tree = expression.tree
        let directory = surroundings.directory
        switch target {
        case .canonical: return Translation(text: expression.canonical)
        case .listing:
            let listing = Program(tree, directory: directory).listing
            return Translation(text: listing.hasSuffix("\n") ? String(listing.dropLast()) : listing)
        case .tcpdump:
            let filter = TcpdumpFilter(tree, directory: directory)
            return Translation(text: filter.text, losses: filter.losses)
        case .wireshark:
            let filter = WiresharkFilter(tree, directory: directory)
            return Translation(text: filter.text, losses: filter.losses)
        case .nft:
            let match = NftablesMatch(tree, directory: directory)
            return Translation(text: match.rules.joined(separator: "\n"), losses: match.losses)
        case .bpf:
            let program = BPFProgram(tree, directory: directory)
            return Translation(text: program.listing, losses: program.losses)
        case .sql:
            let predicate = SQLPredicate(tree, directory: directory)
            return Translation(text: predicate.text, losses: predicate.losses)
        }
    }

    private func tryOn(_ file: String) throws -> Trial {
        var sink = CountingSink()
        let outcome = try CapturePass(surroundings, console).run([file], expression.tree, into: &sink)
        return Trial(file: file, outcome: outcome)
    }
}
