import IPLog
import IPLogDevice
import LiveCapture
import Records

/// Makes records of translations and states of connections that begin and end: owned by the thread that follows them.
struct ConnectionRecorder: ~Copyable {
    private let feed: IPLogFeed
    private var translations = RecordBatch()
    private var states = RecordBatch()

    init(_ feed: IPLogFeed) { self.feed = feed }

    mutating func append(_ event: ConnectionEvent) {
        guard event.kind != .updated else { return }
        let isNew = event.kind == .new
        let record = event.record
        if feed.tellsTranslations, let translation = IPLogTranslationRecord(record, isNew: isNew) {
            translations.append(translation, at: record.time, feed.writing)
        }
        if feed.tellsStates, let state = IPLogStateRecord(record, isNew: isNew) {
            states.append(state, at: record.time, feed.writing)
        }
        if translations.isFull || states.isFull { endBatch() }
    }

    /// Hands the records over.
    mutating func endBatch() {
        feed[.translation].append(translations)
        translations.removeAll()
        feed[.state].append(states)
        states.removeAll()
    }
}
