import SystemCalls

// Signals are blocked before the first thread begins. This thread then waits for them: left to the runtime of
// concurrency, it would take them with their default actions.
let signals = SignalWatch()
DaemonCommand.main(CommandLine.arguments.dropFirst(), signals)
