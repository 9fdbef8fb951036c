import Glibc

/// libFuzzer's loop (compiler-rt, FuzzerInterface.h); its own `main` would clash with the package's.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: FuzzDriver.Test
) -> CInt

/// What all fuzz targets do alike.
public enum FuzzDriver {
    /// Tries one input: where it begins and how long it is. Traps where a promise is broken; 0 otherwise.
    public typealias Test = @convention(c) (UnsafePointer<UInt8>, Int) -> CInt

    /// Runs libFuzzer with the program's arguments; with `--seeds FOLDER` writes the inputs to begin with instead.
    public static func run(_ test: Test, seeds: (_ folder: String) -> Void = { _ in }) {
        if CommandLine.argc == 3, CommandLine.arguments[1] == "--seeds" { return seeds(CommandLine.arguments[2]) }
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        _ = runDriver(&count, &arguments, test)
    }

    /// Writes an input into a folder of seeds.
    public static func write(_ input: [UInt8], to path: String) {
        guard let file = fopen(path, "w") else { return }
        fwrite(input, 1, input.count, file)
        fclose(file)
    }
}
