import Expressions
import PacketDecoding

/// What `gatelog explain` was asked to do.
struct ExplainPlan {
    private let command: ExplainCommand
    private let console: Console
    private let surroundings: Surroundings
    private let expression: Expression

    init(_ command: ExplainCommand) throws {
        self.command = command
        console = Console.current
        surroundings = try Surroundings(command.names, captures: command.test)
        expression = try ExpressionInput(command.expression, surroundings, console).expression
    }

    func run() throws {
        let directory = surroundings.directory
        switch command.to {
        case nil: try explain()
        case .canonical: try console.say(expression.canonical + "\n")
        case .listing: try console.say(Program(expression.tree, directory: directory).listing + "\n")
        case .tcpdump:
            let filter = TcpdumpFilter(expression.tree, directory: directory)
            try show(filter.text, filter.losses)
        case .wireshark:
            let filter = WiresharkFilter(expression.tree, directory: directory)
            try show(filter.text, filter.losses)
        case .nft:
            let match = NftablesMatch(expression.tree, directory: directory)
            try show(match.rules.joined(separator: "\n"), match.losses)
        case .bpf:
            let program = BPFProgram(expression.tree, directory: directory)
            try show(program.listing, program.losses)
        case .sql:
            let predicate = SQLPredicate(expression.tree, directory: directory)
            try show(predicate.text, predicate.losses)
        }
        for file in command.test { try tryOn(file) }
    }

    /// A translation, and on standard error what it could not carry over.
    private func show(_ text: String, _ losses: [Loss]) throws {
        try console.say(text + "\n")
        for loss in losses { console.warn("\(loss.sentence)") }
    }

    private func explain() throws {
        if command.test.isEmpty || command.to == nil {
            try console.say(expression.sentences(directory: surroundings.directory) + "\n")
        }
    }

    private func tryOn(_ file: String) throws {
        var sink = CountingSink()
        let pass = CapturePass(surroundings, console)
        let outcome = try pass.run([file], expression.tree, into: &sink)
        let share = HumanNumbers.share(outcome.matched, of: outcome.packets)
        try console.say(
            """
            \(file.escaped): \(HumanNumbers.grouped(outcome.matched)) of \(HumanNumbers.grouped(outcome.packets)) \
            packets\(share.isEmpty ? "" : " (\(share))")

            """)
        if outcome.damagedFiles > 0 { throw ToolStatus(code: GatelogTool.ExitStatus.failure) }
    }
}
