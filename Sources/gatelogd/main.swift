import SystemCalls

// Signals are blocked before the first thread begins, and taken one after another.
let signals = SignalWatch()
await DaemonCommand.main(CommandLine.arguments.dropFirst(), signals)
