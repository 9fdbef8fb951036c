public import IPLog

extension IPLogUnit {
    /// "ipl", "ipnat", "ipstate": the device below /dev, or the socket in the folder.
    public var socketName: String {
        switch self {
        case .filter: "ipl"
        case .translation: "ipnat"
        case .state: "ipstate"
        }
    }
}

extension RecordQueue.Form {
    /// Where records of a layout have what the queue changes.
    public init(_ layout: IPLogLayout) {
        let count =
            switch layout {
            case .manualPage, .manualPageLongNames: 20
            case .v32: 28
            case .v340, .v34, .v41, .v50, .v51: 4
            }
        self.init(
            headerSize: layout.headerSize, countOffset: count, sequenceOffset: layout.hasSequence ? 8 : nil)
    }
}
