import CPIS
import Foundation

/// The triage check as a team in a hurry writes it: an actor around a dictionary of text, with Foundation's formatters.
///
/// It does what the service does: validates the number, checks role and setting, looks up, remembers who saw which child
/// under which trace id, and words the outcome. It has no deadline, no visits and nobody to notify.
actor NaiveTriage {
  struct Record: Sendable {
    let kind: String
    let start: Date
    let authority: String
    let phone: String

    init(_ plan: Plan) {
      kind = "Child protection plan"
      start = Date(timeIntervalSince1970: 18_000 * 86_400)
      authority = plan.authority.name
      phone = "020 7946 0000"
    }
  }

  struct Request: Sendable {
    let number: String
    var role = "B0107"
    var isUnscheduled = true
    var isTraced = true
    let trace: UUID
  }

  enum Outcome: Sendable {
    case plan(String)
    case none(String)
    case refused(String)

    var text: String {
      switch self {
      case .plan(let text), .none(let text), .refused(let text): text
      }
    }
  }

  private let records: [String: Record]
  private var accesses: [String: [(UUID, Date)]] = [:]

  init(records: [String: Record]) { self.records = records }

  func check(_ request: Request) -> Outcome {
    guard let digits = NaiveText.number(in: request.number) else { return .refused("invalid number") }
    guard Set(digits).count > 1 else { return .refused("placeholder") }
    guard request.isTraced else { return .refused("not traced") }
    guard request.role == (request.isUnscheduled ? "B0107" : "B0170") else { return .refused("role") }
    let now = Date()
    guard let record = records[digits] else {
      return .none(
        """
        No plan recorded under this number. Checked with the registry \(Self.format(now)).
        This does not mean that the child is not at risk.
        """)
    }
    if request.isUnscheduled { accesses[digits, default: []].append((request.trace, now)) }
    return .plan(
      """
      \(record.kind), \(record.authority), since \(Self.format(record.start)).
      Ring the emergency duty team: \(record.phone). Checked with the registry \(Self.format(now)).
      The local authority is being told of this visit.
      """)
  }

  private static func format(_ date: Date) -> String { formatter.string(from: date) }

  private static let formatter: DateFormatter = {
    let formatter = DateFormatter()
    formatter.dateFormat = "dd-MMM-yyyy HH:mm"
    formatter.timeZone = TimeZone(identifier: "Europe/London")
    return formatter
  }()
}
