/// The open elements with their positions, for an XPath.
struct ElementPath {
  private struct Step {
    var name: HL7Name?
    var position: Int
    /// The two names of which a parent of ours can have several children, and how many there were.
    var first: (name: HL7Name, count: Int)?
    var second: (name: HL7Name, count: Int)?

    mutating func count(_ child: HL7Name) -> Int {
      if let first, first.name == child {
        self.first = (child, first.count + 1)
        return first.count + 1
      }
      if let second, second.name == child {
        self.second = (child, second.count + 1)
        return second.count + 1
      }
      if first == nil { first = (child, 1) } else if second == nil { second = (child, 1) }
      return 1
    }
  }

  private var steps: [Step] = []

  mutating func enter(_ name: HL7Name?) {
    var position = 0
    if let name, Self.isRepeatable(name), let last = steps.indices.last {
      position = steps[last].count(name)
    }
    steps.append(Step(name: name, position: position))
  }

  mutating func leave() { _ = steps.popLast() }

  /// `/File/record[3]/CP-ISRecord/subject[1]`; names that are not of the messages show as `*`.
  var xPath: String {
    steps.reduce(into: "") { path, step in
      path += "/" + (step.name?.rawValue ?? "*")
      if step.position > 0 { path += "[\(step.position)]" }
    }
  }

  private static func isRepeatable(_ name: HL7Name) -> Bool {
    switch name {
    case .record, .pertinentInformation, .subject, .telecom, .message, .acknowledgementRecordDetail: true
    default: false
    }
  }
}
