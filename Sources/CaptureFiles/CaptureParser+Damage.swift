extension CaptureParser {
    /// Notes damage at `place` in the window.
    mutating func note(_ reason: CaptureDamage.Reason, at place: Int) {
        damageCount += 1
        guard damage.count < Self.damageLimit else { return }
        damage.append(CaptureDamage(offset: windowOffset + Int64(place), reason: reason))
    }

    /// Notes damage of the record at `position`, and that the next record must be looked for.
    mutating func lose(_ reason: CaptureDamage.Reason) -> Outcome {
        note(reason, at: position)
        state = .scanning(from: windowOffset + Int64(position))
        isQuick = false
        section.isQuick = false
        position += 1
        return .progress
    }

    /// Ends a search at `position`: says how much was passed over, and reads on if a record was `found`.
    mutating func endScan(from start: Int64, found: Bool) -> Outcome {
        if damageCount == damage.count, let last = damage.indices.last {
            damage[last].skipped = windowOffset + Int64(position) - start
        }
        state = found ? .records : .ended
        isQuick = found && isQuickFormat
        return found ? .progress : .end
    }

    /// Ends a search that found nothing before the capture's end.
    mutating func endOfScan(in window: RawSpan, from start: Int64) -> Outcome {
        position = window.byteCount
        return endScan(from: start, found: false)
    }
}
