extension ZoneTable {
    /// The universal second of a local one. Where a clock is put back and a local time comes twice, the first;
    /// where it is put forward and a local time never comes, the one as far behind the change.
    public func universal(local second: Int64) -> Int64 {
        let before = second - Int64(period(at: second - 86400).offset)
        let after = second - Int64(period(at: second + 86400).offset)
        for candidate in [before, after] where candidate + Int64(period(at: candidate).offset) == second {
            return candidate
        }
        return before
    }
}
