import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

/// No type that can hold a patient shows one, however it is printed; and no such type is forgotten.
@Suite("Nothing prints a patient")
struct RedactionTests {
  static let patient = Sample.numbers[7]
  /// What must never be seen: number, names, ids and dates of the patient.
  static let secrets = [
    patient.wireForm, patient.formatted(), "\(patient.payload)", "Zebedee", "Quill", "LOCAL-77", "VISIT-88",
    "19990909",
    "199909", "https",
  ]

  static func samples() async throws -> [any Sendable] {
    let plan = try Plan(
      kind: .childProtectionPlan, start: Sample.time("199909090900"), end: nil,
      authority: try Sample.authority())
    let plans = try #require(RecordedPlans([plan]))
    let worker = try Worker(
      userID: "1", roleProfileID: "2", jobRole: JobRole(code: "3", name: "Nurse"), name: "Zebedee Quill",
      activities: Set(Activity.allCases))
    let context = try Sample.context(author: .worker(worker), visit: "VISIT-88")
    let system = try AccreditedSystem(asid: "1", name: "EPR", responsiblePerson: "Zebedee Quill", activities: [])
    let access = Sample.access(to: patient, in: context, at: Date())
    let undeclared = UndeclaredAccess(id: UUID(), access: access)
    let visit = VisitKey(
      patient: patient, organisation: context.organisation.code, id: try VisitID("VISIT-88"))
    let entry = AccessHistory.Entry(
      time: Date(), viewerName: "Zebedee Quill", jobRole: "Nurse", organisationName: "A")
    let history = AccessHistory(patient: patient, entries: [entry], completeness: .complete)
    let answer = RegistryAnswer(patient: patient, finding: .plans(plans, .complete))
    let cached = CachedAnswer(answer: answer, asOf: Date())
    let sentPlan = UploadRecord.SentPlan(kind: .childProtectionPlan, start: "199909090900")
    let subject = UploadRecord.Subject(
      role: .child, nhsNumber: patient.wireForm, localID: "LOCAL-77", birthDate: "19990909", givenName: "Zebedee",
      familyName: "Quill")
    let record = UploadRecord(plans: [sentPlan], subjects: [subject])
    let header = UploadHeader(
      creationTime: Date(), fileID: 1, declaredRecordCount: 1, sender: UploadSender(try Sample.authority()))
    let upload = LocalAuthorityUpload(header: header, records: [record])
    let valid = try record.validated(on: try #require(CivilDay(year: 2010, month: 1, day: 1)))
    let rejected = UploadAcknowledgement.RejectedRecord(
      code: .sensitive, reason: nil, location: "/File/record[1]", record: record)
    let acknowledgement = UploadAcknowledgement(
      creationTime: Date(), fileID: 1, recordCount: 1, recipient: header.sender, fileCode: .noneLoaded,
      loadedCount: 0,
      failedCount: 1, rejected: [rejected])
    let safeguarding = SafeguardingNotice(
      id: UUID(), access: access, plans: plans, completeness: .complete,
      origin: AnswerOrigin(source: .registry, asOf: Date(), checkedAt: Date()), isRepeat: false)
    let listed = AccessToServiceNotification.Entry(
      id: access.id, time: Date(), author: context.author, organisation: context.organisation,
      patient: patient,
      localID: "LOCAL-77")
    let group = AccessToServiceNotification.FileGroup(fileID: 1, accesses: [listed])
    let notification = AccessToServiceNotification(
      id: UUID(), creationTime: Date(), recipient: try Sample.authority(), groups: [group])
    let inactive = InactiveNumberNotice(
      id: UUID(), creationTime: Date(), recipient: try Sample.authority(), oldNumber: patient,
      replacements: [patient], fileID: 1)

    let world = try World()
    world.reference.record(plan, for: patient, bornOn: nil)
    let found = await world.service.check(patient, in: context)
    let none = await world.service.check(Sample.numbers[1], in: context)
    let refused = await world.service.check("\(patient.wireForm)x", in: context)
    let cache = InMemoryFlagCache()
    try await cache.store(cached, for: patient)
    return [
      patient, plan, plans, worker, system, context.author, context, try VisitID("VISIT-88"), access,
      undeclared, visit,
      VisitNote.plansFound(cached), VisitScope.visit(visit),
      RememberedVisit(accessID: access.id, firstCheck: Date()),
      try VisitIdentityKey([UInt8](repeating: 65, count: 32)), InMemoryVisitMemory(),
      SealedBytes(keyID: "k", bytes: Array(patient.wireForm.utf8)), entry,
      history, answer, answer.finding, cached, CacheScope.patient(patient), sentPlan, subject, record, upload,
      valid,
      valid.person, try #require(valid.changes.first), rejected, acknowledgement, safeguarding, listed, group,
      notification, inactive, Notice.safeguarding(safeguarding), Notice.undeclaredAccess(undeclared),
      Notice.accessToService(notification), Notice.inactiveNumber(inactive), found, none, refused,
      try #require(found.plans), try #require(found.plans?.plans.first), try #require(none.noPlan),
      try #require(refused.refusal), await world.service.accessHistory(for: patient, in: context), cache,
    ]
  }

  @Test("No public type that can hold a patient prints, dumps or mirrors one")
  func sweep() async throws {
    for sample in try await Self.samples() {
      var texts = ["\(sample)", String(describing: sample), String(reflecting: sample)]
      var dumped = ""
      dump(sample, to: &dumped)
      texts.append(dumped)
      texts += Mirror(reflecting: sample).children.map { "\($0.label ?? "") \($0.value)" }
      texts += ["\([sample])", "\(Optional(sample) as Any)"]
      for text in texts {
        for secret in Self.secrets {
          #expect(!text.contains(secret), "\(type(of: sample)) shows \(secret)")
        }
      }
    }
  }

  @Test("Every redacting type of the module is in the sweep")
  func nothingForgotten() async throws {
    let sources = Self.sources.appending(path: "CPIS")
    let swept = Set(try await Self.samples().map { String(reflecting: type(of: $0)).replacing("CPIS.", with: "") })
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    var count = 0
    for case let file as URL in try #require(files) where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /extension ([A-Za-z.]+): Redacting|(?:struct|enum|class) (\w+):[^{]*Redacting/)
      {
        let name = String(try #require(match.1 ?? match.2))
        #expect(swept.contains { $0 == name || $0.hasSuffix(".\(name)") }, "\(name) is not in the sweep")
        count += 1
      }
    }
    #expect(count > 25)
  }

  static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")

  /// Names of organisations, of a technical cause, of files of ours and of markup, not of people.
  static let namesOfThings: Set = [
    "UploadSender", "LocalAuthority", "Organisation", "Code", "JobRole", "CareSetting", "LogFormat", "HeldFile",
    "XMLAttribute",
  ]

  @Test("Every type of every library that can be seen outside and stores a patient's or a person's details redacts")
  func nothingUnredacted() throws {
    let all = try TypeDeclaration.all(in: Self.sources).filter { !$0.file.contains("/CPISTool/") }
    let redacting = Set(all.filter(\.redacts).map(\.name))
    var count = 0
    for type in all where type.isVisible && !Self.namesOfThings.contains(type.name) {
      for stored in type.stored
      where stored.isOfPatient || !redacting.isDisjoint(with: stored.types) {
        count += 1
        #expect(type.redacts, "\(type.name) in \(type.file) stores \(stored.name) and does not redact")
      }
    }
    // Sought and found in each of the modules that hold patients.
    #expect(count > 70)
    for name in ["ReadRecord", "UploadPart", "Demographics", "CachedAnswer", "OutboxItem", "NHSNumberList"] {
      #expect(redacting.contains(name))
    }
  }

  @Test("The check finds each way in which a type may store a patient, and no other")
  func checkCanFail() {
    let found = TypeDeclaration.all(
      inFile: "f.swift",
      text: """
        public struct Open {
          public let viewerName: String
          struct Inner { let localID: String? }
          public var shown: String { localID }
          static let patient = 1
        }
        public enum Part {
          case none
          case record(ReadRecord)  // private let familyName
        }
        package struct Closed: Hashable, Redacting { let patient: NHSNumber }
        public final class Late {
          private var visit = "{" { didSet {} }
          func f() { let givenName = 1 }
        }
        extension Late: Redacting {}
        extension Open.Inner: Hashable {
          public enum Deep { case birthDate(Int) }
        }
        """)
    #expect(found.map(\.name) == ["Open", "Inner", "Part", "Closed", "Late", "Deep"])
    #expect(found.map(\.isVisible) == [true, false, true, true, true, true])
    #expect(found.map(\.redacts) == [false, false, false, true, true, false])
    #expect(
      found.map { $0.stored.map(\.name) }
        == [["viewerName"], ["localID"], ["record"], ["patient"], ["visit"], ["birthDate"]])
    #expect(found[2].stored.first?.types == ["ReadRecord"])
    #expect(found.map { $0.stored.allSatisfy(\.isOfPatient) } == [true, true, false, true, true, true])
  }
}
