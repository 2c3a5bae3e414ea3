import CPIS
import CPISHL7
import CPISOutbox
import CPISReference
import Foundation
import NHSNumbers
import Shared

// Walks
//     Names the walks, one a line.
// Walks NAME COUNT
//     Prepares a walk, and takes it so many times. `Benchmarks/walks` takes each once and twice, and counts the files and
//     functions that were entered more often the second time.

struct Walk: Sendable {
  typealias Step = @Sendable (Int) async throws -> Void

  let name: String
  let prepare: @Sendable () async throws -> Step

  static let all = [
    check("check, ruled out", of: .nobody, is: .noPlan) { $0 },
    check("check, miss", of: .nobody, is: .noPlan) { RemoteRegistry(AskedRegistry($0)) },
    check("check, hit", of: .children, is: .plans) { RemoteRegistry(AskedRegistry($0)) },
    check("check, hit in memory", of: .children, is: .plans) { AskedRegistry($0) },
    check("check, outage", of: .children, is: .notChecked) { _ in DownRegistry() },
    Walk(name: "upload") {
      let registry = ReferenceRegistry(clock: StandingClock(), seed: 1)
      registry.add(
        Demographics.Person(
          number: child, birthDay: CivilDay(daysSince1970: 15_435), familyName: "Child", givenNames: ["Sample"]))
      return { place in
        let upload = try LocalAuthorityUpload(hl7: try upload(place).hl7())
        let bytes = try registry.ingest(upload).hl7()
        guard try UploadAcknowledgement(hl7: bytes).loadedCount == 1 else {
          throw NotDone("the upload was not loaded")
        }
      }
    },
    Walk(name: "notice") {
      let folder = FileManager.default.temporaryDirectory.appending(path: "walked-outbox-\(UUID().uuidString)")
      let store = try await FileOutboxStore.open(folder: folder.path(percentEncoded: false))
      let outbox = try await Outbox(store: store, delivery: Delivery { _ in }, sealer: nil, clock: StandingClock())
      return { place in
        try await outbox.accept(try Samples.notice(place))
        try await outbox.drain()
        guard outbox.counters.delivered == place + 1 else { throw NotDone("the notice was not delivered") }
      }
    },
    Walk(name: "batch") {
      let population = Population(keys: 5000, queries: 1000, hits: 10)
      let index = NHSNumberIndex(population.keys)
      let text = Array(population.queries.map(\.wireForm).joined(separator: "\n").utf8)
      return { _ in
        guard try index.screen(bytes: text).matches.count > 0 else { throw NotDone("nobody was found") }
      }
    },
  ]

  private static let child = KeyPattern.uniform.keys(1, seed: 3)[0]

  enum Patients { case nobody, children }

  private static func check(
    _ name: String, of patients: Patients, is expected: Ending,
    _ client: @escaping @Sendable (ReferenceRegistry) -> any RegistryClient
  ) -> Walk {
    Walk(name: name) {
      let numbers = KeyPattern.uniform.keys(20, seed: 5)
      let registry = ReferenceRegistry(clock: StandingClock(), seed: 1)
      let plan = try Samples.plan()
      for number in numbers.prefix(10) { registry.record(plan, for: number, bornOn: nil) }
      let contexts = try (0..<10).map { try Samples.context(visit: "visit-\($0)") }
      let service = try TriageService(registry: client(registry), notices: Discard(), clock: StandingClock())
      return { place in
        let patient = numbers[patients == .children ? place : 10 + place]
        let outcome = await service.check(patient, in: contexts[place])
        guard Ending(outcome) == expected, !outcome.displayText.isEmpty else {
          throw NotDone("the check ended otherwise: \(outcome.headline)")
        }
      }
    }
  }

  private static func upload(_ place: Int) throws -> LocalAuthorityUpload {
    let plan = try Samples.plan()
    return LocalAuthorityUpload(
      header: UploadHeader(
        creationTime: Samples.time, fileID: UploadFileID(UInt(587 + place)), declaredRecordCount: 1,
        sender: UploadSender(plan.authority)),
      records: [
        UploadRecord(
          plans: [UploadRecord.SentPlan(kind: .childProtectionPlan, start: "202511050930", end: nil)],
          subjects: [
            UploadRecord.Subject(
              role: .child, nhsNumber: child.wireForm, localID: "LCS-440263",
              birthDate: "20120405", givenName: "Sample", familyName: "Child")
          ])
      ])
  }
}

/// How a check ends.
enum Ending {
  case plans, noPlan, notChecked

  init(_ outcome: TriageOutcome) {
    self =
      switch outcome {
      case .plansRecorded: .plans
      case .noPlanRecorded: .noPlan
      case .notChecked: .notChecked
      }
  }
}

/// A registry as behind a network: its calls are made on threads of their own, behind the guard.
struct RemoteRegistry: RegistryClient {
  private let registry: AskedRegistry

  init(_ registry: AskedRegistry) { self.registry = registry }

  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    try await registry.plans(for: access)
  }

  func declare(_ access: Access) async throws(RegistryError) { try await registry.declare(access) }

  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try await registry.accessHistory(for: access)
  }
}

let arguments = CommandLine.arguments
if arguments.count == 1 {
  for walk in Walk.all { print(walk.name) }
  exit(0)
}
do {
  guard arguments.count == 3, let count = Int(arguments[2]),
    let walk = Walk.all.first(where: { $0.name == arguments[1] })
  else { throw NotDone("usage: Walks NAME COUNT") }
  try Waiting.value {
    let step = try await walk.prepare()
    for place in 0..<count { try await step(place) }
  }
} catch {
  print("FAILED \(error)")
  exit(1)
}
