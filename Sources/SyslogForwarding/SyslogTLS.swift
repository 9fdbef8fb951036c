import NIOCore
import NIOSSL

extension SyslogTLSFiles {
    /// Makes what a connection needs of the files: TLS 1.2 or later, the receiver's certificate and name checked.
    /// Throws which file cannot be used, and why.
    func context() throws(SyslogError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        if let authorities {
            let found = try Self.reading("ca", authorities) { try NIOSSLCertificate.fromPEMFile(authorities) }
            guard !found.isEmpty else { throw SyslogError("ca: \(authorities): there is no certificate (PEM) in it") }
            configuration.trustRoots = .certificates(found)
        }
        if let certificate, let key {
            let chain = try Self.reading("certificate", certificate) {
                try NIOSSLCertificate.fromPEMFile(certificate)
            }
            guard !chain.isEmpty else {
                throw SyslogError("certificate: \(certificate): there is no certificate (PEM) in it")
            }
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try Self.reading("key", key) { try NIOSSLPrivateKey(file: key, format: .pem) })
        }
        return try Self.reading("certificate", certificate ?? "TLS") { try NIOSSLContext(configuration: configuration) }
    }

    /// The handler of one connection to `server`.
    func handler(_ server: String) throws(SyslogError) -> NIOSSLClientHandler {
        let context = try context()
        let name = serverName ?? server
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        return try Self.reading("server_name", name) {
            try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name)
        }
    }

    private static func reading<Value>(
        _ key: String, _ path: String, _ body: () throws -> Value
    ) throws(SyslogError) -> Value {
        do {
            return try body()
        } catch let error as IOError {
            throw SyslogError("\(key): \(path): \(error)")
        } catch {
            throw SyslogError("\(key): \(path): this cannot be used (\(error)); a PEM file is expected here")
        }
    }
}
