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
    let worker = Worker(
      userID: "1", roleProfileID: "2", jobRoleCode: "3", jobRoleName: "Nurse", name: "Zebedee Quill",
      activities: Set(Activity.allCases))
    let context = try Sample.context(author: .worker(worker), encounter: "VISIT-88")
    let system = AccreditedSystem(asid: "1", name: "EPR", responsiblePerson: "Zebedee Quill", activities: [])
    let declaration = AccessDeclaration(patient: patient, context: context, time: Date())
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
      id: UUID(), patient: patient, plans: plans, completeness: .complete, context: context, time: Date(),
      isRepeat: false)
    let access = AccessToServiceNotification.Access(
      id: context.traceID, time: Date(), author: context.author, organisation: context.organisation,
      patient: patient,
      localID: "LOCAL-77")
    let group = AccessToServiceNotification.FileGroup(fileID: 1, accesses: [access])
    let notification = AccessToServiceNotification(
      id: UUID(), creationTime: Date(), recipient: try Sample.authority(), groups: [group])
    let inactive = InactiveNumberNotice(
      id: UUID(), creationTime: Date(), recipient: try Sample.authority(), oldNumber: patient,
      replacements: [patient], fileID: 1)

    let world = World()
    world.reference.record(plan, for: patient, bornOn: nil)
    let found = await world.service.check(patient, in: context)
    let none = await world.service.check(Sample.numbers[1], in: context)
    let refused = await world.service.check("\(patient.wireForm)x", in: context)
    let cache = InMemoryFlagCache()
    try await cache.store(cached, for: patient)
    return [
      patient, plan, plans, worker, system, context.author, context, EncounterID("VISIT-88"), declaration, entry,
      history, answer, answer.finding, cached, CacheScope.patient(patient), sentPlan, subject, record, upload,
      valid,
      valid.person, try #require(valid.changes.first), rejected, acknowledgement, safeguarding, access, group,
      notification, inactive, Notice.safeguarding(safeguarding), Notice.undeclaredAccess(declaration),
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
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/CPIS")
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

  @Test("Every public type that stores a number, a person's name or an encounter redacts")
  func nothingUnredacted() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/CPIS")
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    for case let file as URL in try #require(files) where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      guard text.contains(/public (let|var|internal\(set\) var) (patient|oldNumber|nhsNumber|encounter|plans)\b/)
      else { continue }
      #expect(text.contains("Redacting"), "\(file.lastPathComponent) stores a patient and does not redact")
    }
  }
}
