import CaptureFiles
import CaptureStreams
import Expressions
import SystemCalls

/// The names that captures themselves tell: the interfaces of a pcapng file.
enum CaptureNames {
    /// A capture's interface as the language knows it; nil where nobody gave it a name.
    static func interface(_ interface: CaptureInterface, unnamed: String?) -> Directory.Interface? {
        guard let name = interface.name ?? unnamed else { return nil }
        guard let description = interface.description, !description.isEmpty, interface.name != nil else {
            return Directory.Interface(displayName: name, kernelName: interface.name)
        }
        return Directory.Interface(displayName: description, kernelName: name)
    }

    /// The interfaces that stand before a capture's first packet; nil where one has no name. Opens the capture and
    /// closes it again.
    static func interfaces(of path: String) throws -> [Directory.Interface]? {
        do {
            let reader = try CaptureReader(path: path)
            let named = reader.interfaces.compactMap { interface($0, unnamed: nil) }
            return named.count == reader.interfaces.count ? named : nil
        } catch {
            throw ToolFailure("\(error)")
        }
    }
}
