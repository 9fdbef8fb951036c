import Primitives
import Settings
import SystemCalls

/// A settings file and the address lists that it names, read from disk.
struct LoadedSettings {
    let document: SettingsDocument
    let lists: [String: [AddressRange]]

    /// Reads and checks the file at `path`; every fault is in the one error.
    init(path: String) throws {
        do {
            let document = try SettingsDocument(parsing: try Paths.contents(path), file: path)
            var files: [String: [AddressRange]] = [:]
            for file in document.addressFiles {
                let place = document.resolved(file.value)
                let bytes = try Paths.contents(place, limit: AddressFile.longest)
                files[file.value] = try AddressFile.parse(bytes, file: place)
            }
            lists = try document.addressLists(files: files)
            self.document = document
        } catch let error as SettingsErrors {
            throw ToolFailure("the settings cannot be used\n\(error)")
        } catch let error as SystemCallError {
            throw ToolFailure("the settings cannot be read: \(error)")
        }
    }
}
