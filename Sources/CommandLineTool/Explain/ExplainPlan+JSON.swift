import Expressions
import Foundation

extension ExplainPlan {
    /// All that `explain` says as one JSON object: the canonical form, its meaning, warnings, and, where they were
    /// asked for, the translation and the captures.
    func json(translated: (target: String, translation: Translation)?, trials: [Trial]) -> String {
        let warnings = expression.warnings + expression.unknowable(from: surroundings.facts)
        let document = Document(
            canonical: expression.canonical, meaning: expression.sentences(directory: surroundings.directory),
            warnings: warnings.map {
                Document.Warning(offset: $0.place.lower, length: $0.place.upper - $0.place.lower, message: $0.message)
            },
            translation: translated.map { target, translation in
                Document.Translation(
                    target: target, text: translation.text,
                    losses: translation.losses.map { Document.Loss(effect: $0.effect.rawValue, message: $0.sentence) })
            },
            captures: trials.map {
                Document.Capture(file: $0.file, packets: $0.outcome.packets, matched: $0.outcome.matched)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else { preconditionFailure("plain numbers and texts encode") }
        return String(decoding: data, as: UTF8.self)
    }

    /// The object's fields, whose names scripts rely on. Places are bytes of the expression as it was typed.
    private struct Document: Encodable {
        struct Warning: Encodable {
            var offset: Int
            var length: Int
            var message: String
        }

        struct Loss: Encodable {
            var effect: String
            var message: String
        }

        struct Translation: Encodable {
            var target: String
            var text: String
            var losses: [Loss]
        }

        struct Capture: Encodable {
            var file: String
            var packets: Int
            var matched: Int
        }

        var canonical: String
        var meaning: String
        var warnings: [Warning]
        var translation: Translation?
        var captures: [Capture]
    }
}
