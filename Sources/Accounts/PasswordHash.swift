import Crypto
import CryptoExtras

/// A password as it is kept: hashed by scrypt with a salt of its own, and with what it cost.
public struct PasswordHash: Hashable, Sendable, CustomStringConvertible {
    public let parameters: ScryptParameters
    let salt: [UInt8]
    let hash: [UInt8]

    private static let saltLength = 16
    private static let hashLength = 32

    /// Hashes a password; takes the time and the memory of `parameters`.
    public init(of password: String, _ parameters: ScryptParameters = .standard) throws(AccountError) {
        self.parameters = parameters
        salt = Secret.random(Self.saltLength)
        hash = try Self.derive(password, salt, parameters)
    }

    private init(parameters: ScryptParameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// What is computed for a user who is not there, so that nobody can tell him from one who is by the time. No
    /// password has it.
    static func decoy(_ parameters: ScryptParameters) -> PasswordHash {
        PasswordHash(
            parameters: parameters, salt: [UInt8](repeating: 0x5A, count: saltLength),
            hash: [UInt8](repeating: 0, count: hashLength))
    }

    /// Whether it is the hash of `password`. Takes as long whatever the answer is.
    public func matches(_ password: String) -> Bool {
        guard let other = try? Self.derive(password, salt, parameters) else { return false }
        return Secret.equal(hash, other)
    }

    /// As in `$scrypt$ln=15,r=8,p=3$SALT$HASH` (the PHC string format).
    public var description: String {
        let costs = "ln=\(parameters.logRounds),r=\(parameters.blockSize),p=\(parameters.parallelism)"
        return "$scrypt$\(costs)$\(Base64Text.encode(salt))$\(Base64Text.encode(hash))"
    }

    /// Reads what `description` wrote; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        let costs = parts[2].split(separator: ",")
        func cost(_ index: Int, _ name: String) -> Int? {
            costs[index].hasPrefix("\(name)=") ? Int(costs[index].dropFirst(name.count + 1)) : nil
        }
        guard costs.count == 3, let rounds = cost(0, "ln"), let size = cost(1, "r"), let times = cost(2, "p"),
            let parameters = ScryptParameters(logRounds: rounds, blockSize: size, parallelism: times),
            let salt = Base64Text.decode(parts[3]), 8...64 ~= salt.count,
            let hash = Base64Text.decode(parts[4]), hash.count == Self.hashLength
        else { return nil }
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    private static func derive(
        _ password: String, _ salt: [UInt8], _ parameters: ScryptParameters
    ) throws(AccountError) -> [UInt8] {
        // No account has an empty password; the library underneath wants an address to read from.
        let bytes = password.isEmpty ? [0] : Array(password.utf8)
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: bytes, salt: salt, outputByteCount: hashLength, rounds: 1 << parameters.logRounds,
                blockSize: parameters.blockSize, parallelism: parameters.parallelism,
                maxMemory: 256 << 20 + 1 << 20)
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw AccountError.noMemory
        }
    }
}
