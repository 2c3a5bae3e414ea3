import CPIS
import NHSNumbers

/// Finds out which record each detail of an acknowledgement speaks of.
///
/// The message lists details in one part and gives records back in another, and nothing links the two but the details'
/// places: XPaths into the upload, of which the position of the record is one step. The records given back come in
/// the upload's order [D], so the details are put in that order first. A detail may concern a record that was loaded
/// (CPR06), and several may concern one record.
///
/// A record under the wrong fault would be mended wrongly. So where the counts do not fit, or a record contradicts what is
/// said of it, nothing is paired, and everything is kept.
struct AcknowledgementPairing {
  /// What one `message` of an acknowledgement holds.
  enum Returned {
    /// A record that was not loaded.
    case rejected(UploadRecord)
    /// One that was.
    case loaded
    /// Nothing: the schema lets it be nil. It stands for a record that could not be given back.
    case absent

    var isLoaded: Bool { if case .loaded = self { true } else { false } }
    var record: UploadRecord? { if case .rejected(let record) = self { record } else { nil } }
  }

  /// A record that is spoken of, and the details that speak of it.
  private struct Concern {
    /// Its position in the upload; `nil` when its place states none.
    var position: Int?
    var details: [Int]
  }

  private typealias Slot = (number: Int, returned: Returned)

  /// The details of records that were not loaded, with their records.
  private(set) var rejected: [UploadAcknowledgement.RejectedRecord] = []
  /// The places of those that were.
  private(set) var loadedLocations: [String] = []
  /// The records that no detail could be paired with.
  private(set) var unpaired: [UploadRecord] = []

  private var details: [UploadAcknowledgement.RejectedRecord]

  /// Pairs details, whose records are still `nil`, with what was given back.
  ///
  /// - Complexity: O(*n* log *n*) in details and messages together.
  init(_ details: [UploadAcknowledgement.RejectedRecord], _ returned: [Returned]) {
    self.details = details
    var used = Set<Int>()
    pairByMessage(returned, &used)
    let subjects = subjects()
    let left = returned.indices.filter { !used.contains($0) }.map { Slot($0, returned[$0]) }
    let withAbsent = left.filter { !$0.returned.isLoaded }
    let given = withAbsent.filter { $0.returned.record != nil }
    let known = subjects.filter { $0.position != nil }
    for (subjects, slots) in [(subjects, withAbsent), (subjects, given), (known, withAbsent), (known, given)]
    where !subjects.isEmpty && subjects.count == slots.count {
      pair(subjects, slots, &used)
      break
    }
    rejected = self.details.filter { $0.code != .loaded }
    loadedLocations = details.filter { $0.code == .loaded }.map(\.location)
    unpaired = returned.indices.filter { !used.contains($0) }.compactMap { returned[$0].record }
  }

  /// Pairs details whose places lead into the acknowledgement itself, to the record in that very message.
  private mutating func pairByMessage(_ returned: [Returned], _ used: inout Set<Int>) {
    for index in details.indices where details[index].code != .loaded {
      guard
        let number = UploadAcknowledgement.RejectedRecord.position(of: "message", in: details[index].location),
        number <= returned.count, let record = returned[number - 1].record
      else { continue }
      details[index].record = record
      used.insert(number - 1)
    }
  }

  /// The records that are spoken of and were not loaded, in the order in which they are first.
  private func subjects() -> [Concern] {
    var subjects: [Concern] = []
    var places: [Int: Int] = [:]
    for (index, detail) in details.enumerated() where detail.code != .loaded && detail.record == nil {
      guard let position = detail.recordPosition else {
        subjects.append(Concern(position: nil, details: [index]))
        continue
      }
      if let place = places[position] {
        subjects[place].details.append(index)
      } else {
        places[position] = subjects.count
        subjects.append(Concern(position: position, details: [index]))
      }
    }
    return subjects
  }

  private mutating func pair(_ subjects: [Concern], _ slots: [Slot], _ used: inout Set<Int>) {
    let positions = subjects.compactMap(\.position)
    let isInOrder = zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 }
    var orders: [[Concern]]
    if isInOrder {
      orders = [subjects]
    } else if positions.count == subjects.count {
      // The upload's order, or else that of the details: some writer may have kept records beside their details.
      orders = [subjects.sorted { ($0.position ?? 0) < ($1.position ?? 0) }, subjects]
    } else {
      // Some are out of order, and others state no position: any order would be a guess.
      orders = []
    }
    orders.removeAll { !fits($0, slots, by: hasPlace) }
    if orders.count > 1 {
      orders.removeAll { !fits($0, slots, by: agrees) }
    } else if !isInOrder, let order = orders.first, !fits(order, slots, by: agrees) {
      return
    }
    guard let order = orders.first else { return }
    for (subject, slot) in zip(order, slots) {
      guard let record = slot.returned.record else { continue }
      used.insert(slot.number)
      for index in subject.details { details[index].record = record }
    }
  }

  private func fits(
    _ subjects: [Concern], _ slots: [Slot], by rule: (UploadAcknowledgement.RejectedRecord, UploadRecord) -> Bool
  ) -> Bool {
    zip(subjects, slots).allSatisfy { subject, slot in
      guard let record = slot.returned.record else { return true }
      return subject.details.allSatisfy { rule(details[$0], record) }
    }
  }

  /// Whether a record has the part that a detail's place names.
  private func hasPlace(_ detail: UploadAcknowledgement.RejectedRecord, _ record: UploadRecord) -> Bool {
    func number(_ name: String) -> Int {
      UploadAcknowledgement.RejectedRecord.position(of: name, in: detail.location) ?? 0
    }
    return number("subject") <= record.subjects.count && number("pertinentInformation") <= record.plans.count
  }

  /// Whether a record's number is as a detail's code has it: CPR04 speaks of one that is none, and what demographics say
  /// of one that is.
  private func agrees(_ detail: UploadAcknowledgement.RejectedRecord, _ record: UploadRecord) -> Bool {
    let areNumbers = record.subjects.allSatisfy { subject in
      guard let text = subject.nhsNumber, let number = try? NHSNumber(parsing: text) else { return false }
      return !number.isPlaceholder
    }
    switch detail.code {
    case .numberInvalid?: return !areNumbers
    case .numberUnknown?, .sensitive?, .notVerified?, .superseded?: return areNumbers
    default: return true
    }
  }
}
