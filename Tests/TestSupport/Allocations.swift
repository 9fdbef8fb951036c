import CMallocCounter

/// How often the calling thread allocates memory while `body` runs.
public func allocations(in body: () throws -> Void) rethrows -> Int {
    let before = gatelog_allocations()
    try body()
    return Int(gatelog_allocations() - before)
}
