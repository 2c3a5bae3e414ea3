import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("The gate")
struct GateTests {
  let patient = Sample.numbers[0]

  private func expectRefused(
    _ reason: NotChecked.Reason, _ world: World, _ outcome: TriageOutcome,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.refusal?.reason == reason, sourceLocation: sourceLocation)
    #expect(outcome.displayText.contains("NOT CHECKED"), sourceLocation: sourceLocation)
    #expect(
      outcome.displayText.contains("It is not known whether a plan is recorded"), sourceLocation: sourceLocation)
    #expect(outcome.refusal?.authorityTold == .notDue, sourceLocation: sourceLocation)
    #expect(world.registry.callCount(of: .plans) == 0, sourceLocation: sourceLocation)
    #expect(world.cache.callCount(of: .entry) == 0, sourceLocation: sourceLocation)
    #expect(world.recording.notices.isEmpty, sourceLocation: sourceLocation)
  }

  private func world() throws -> World {
    let world = try World { $0.cache = .on(freshFor: .seconds(60), usableWhenDownFor: .seconds(60)) }
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    return world
  }

  @Test("No number is not checked", arguments: [nil, "", "  ", "\t\n"])
  func noNumber(text: String?) async throws {
    let world = try world()
    expectRefused(.noNumber, world, await world.service.check(text, in: try Sample.context()))
  }

  @Test("What is not an NHS number is not checked")
  func invalidNumber() async throws {
    let world = try world()
    for (text, error) in [
      ("999000001", NHSNumber.ParseError.wrongLength(byteCount: 9)), ("99900000181", .wrongLength(byteCount: 11)),
      ("999000001x", .unexpectedCharacter(offset: 9)), ("9990000027", .checkDigitMismatch),
      ("9990000140", .neverIssued),
      ("999-000-0018", .unexpectedCharacter(offset: 3)),
    ] {
      let outcome = await world.service.check(text, in: try Sample.context())
      expectRefused(.invalidNumber(error), world, outcome)
      #expect(!outcome.displayText.contains(text))
    }
  }

  @Test("A placeholder is not checked")
  func placeholder() async throws {
    for digit in 0...9 {
      let world = try world()
      let text = String(repeating: "\(digit)", count: 10)
      guard (try? NHSNumber(parsing: text)) != nil else { continue }
      expectRefused(.placeholderNumber, world, await world.service.check(text, in: try Sample.context()))
    }
  }

  @Test("A number that was not traced is not checked")
  func untraced() async throws {
    let world = try world()
    let context = try Sample.context(tracing: .notVerified)
    expectRefused(.notTraced, world, await world.service.check(patient, in: context))
    guard case .notChecked(let refusal) = await world.service.accessHistory(for: patient, in: context) else {
      Issue.record("history of an untraced number")
      return
    }
    #expect(refusal.reason == .notTraced)
  }

  @Test("A role that is missing or contradicts the setting is refused before any call (B0107, B0170)")
  func roles() async throws {
    for setting in CareSetting.known {
      for activities: Set<Activity> in [[], [.notifyingQuery], [.silentQuery], [.notifyingQuery, .silentQuery]] {
        for author: Author in [
          .worker(try Sample.worker(activities: activities)),
          .system(
            try AccreditedSystem(
              asid: "200000001", name: "EPR", responsiblePerson: "Dr Lee", activities: activities)),
        ] {
          let world = try world()
          let outcome = await world.service.check(patient, in: try Sample.context(setting, author: author))
          let needed: Activity = setting.care == .unscheduled ? .notifyingQuery : .silentQuery
          if activities.contains(needed) {
            #expect(outcome.plans != nil)
          } else {
            expectRefused(
              activities.isEmpty ? .roleMissing : .roleContradictsSetting(setting.care), world, outcome)
          }
        }
      }
    }
    #expect(Activity.notifyingQuery.rawValue == "B0107")
    #expect(Activity.silentQuery.rawValue == "B0170")
  }
}
