import CPIS
import CPISTestSupport
import Foundation
import NHSNumbers

/// Uploads that the schema can hold, of every shape.
struct UploadGenerator {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func upload() throws -> LocalAuthorityUpload {
    let count = Int.random(in: 1...6, using: &random)
    let office = Bool.random(using: &random)
    let sender = UploadSender(
      code: try ODSCode(pick(["711", "212", "820", "E09000030"])), name: name(), telecoms: telecoms(office))
    let header = UploadHeader(
      creationTime: Date(timeIntervalSince1970: Double(Int.random(in: 0...4_000_000_000, using: &random))),
      fileID: UploadFileID(UInt.random(in: 0...1_000_000, using: &random)), declaredRecordCount: count,
      sender: sender)
    var records: [UploadRecord] = []
    for _ in 0..<count { records.append(record()) }
    return LocalAuthorityUpload(header: header, records: records)
  }

  mutating func record() -> UploadRecord {
    let plans = (0..<Int.random(in: 1...3, using: &random)).map { _ in plan() }
    let roles: [UploadRecord.SubjectRole] = pick([
      [.child], [.motherOfUnbornChild], [.child, .motherOfUnbornChild],
    ])
    return UploadRecord(plans: plans, subjects: roles.map { subject($0) })
  }

  private mutating func plan() -> UploadRecord.SentPlan {
    let kind = pick(PlanKind.allCases)
    let hasEnd = kind == .unbornChildProtectionPlan || Bool.random(using: &random)
    return UploadRecord.SentPlan(
      kind: kind, start: minute(), end: hasEnd ? minute() : nil,
      deleted: Int.random(in: 0..<4, using: &random) == 0 ? minute() : nil)
  }

  private mutating func subject(_ role: UploadRecord.SubjectRole) -> UploadRecord.Subject {
    var number: NHSNumber?
    while number == nil {
      number = NHSNumber(payload: UInt32.random(in: 999_000_000...999_999_999, using: &random))
    }
    // A number that is wrong is for the registry to refuse, not for the message.
    let sent = Int.random(in: 0..<8, using: &random) == 0 ? "123" : number?.wireForm
    return UploadRecord.Subject(
      role: role, nhsNumber: sent, localID: Bool.random(using: &random) ? "L-\(random.next() % 10_000)" : nil,
      birthDate: pick(["20190304", "2019", "20190304101500", "201903041015"]), givenName: name(), familyName: name()
    )
  }

  private mutating func telecoms(_ office: Bool) -> [UploadSender.Telecom] {
    let duty = UploadSender.Telecom(use: "EC", value: pick(["tel:02079460311", "tel:+442079460311", "tel:999"]))
    return office ? [duty, UploadSender.Telecom(use: "WP", value: "tel:02079460312")] : [duty]
  }

  private mutating func minute() -> String {
    let day = CivilDay(daysSince1970: Int.random(in: 0...30_000, using: &random))
    return CivilTime(startOf: day).compact.dropLast(4)
      + pick(["0000", "2359", "0130", "1205"])
  }

  private mutating func name() -> String {
    pick([
      "Aisha", "Olivia Grace", "O'Sullivan", "Osei-Bonsu", "Zoë", "Łukasz", "李", "A & B", "<x>", "\"Q\"", "a]]>b",
      "é", "e\u{301}",
      "𝔘nicode 👩‍👧",
    ])
  }

  private mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &random)]
  }
}
