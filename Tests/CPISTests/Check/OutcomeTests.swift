import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("What a check finds")
struct OutcomeTests {
  let patient = Sample.numbers[0]

  @Test(
    "A plan found in unscheduled care is shown with its phones, declared once, and told to the safeguarding team")
  func planFound() async throws {
    let world = try World()
    let plan = try Sample.plan()
    world.reference.record(plan, for: patient, bornOn: nil)
    let context = try Sample.context()
    let found = try #require(await world.service.check(patient, in: context).plans)
    #expect(found.plans.map(\.plan) == [plan])
    #expect(found.patient == patient)
    #expect(found.plans[0].status == .current)
    #expect(found.completeness == .complete)
    #expect(found.origin.source == .registry)
    #expect(found.origin.asOf == world.clock.now)
    #expect(found.authorityTold == .declared)
    #expect(found.safeguardingTold == .entrusted)
    let notice = try #require(world.safeguardingNotices.first)
    #expect(world.safeguardingNotices.count == 1)
    #expect(notice.patient == patient)
    #expect(Array(notice.plans) == [plan])
    #expect(notice.access == found.access)
    #expect(found.access == Access(id: found.access.id, patient: patient, context: context, time: world.clock.now))
    let told = try await world.accessesTold()
    #expect(told.map(\.id) == [found.access.id])
    #expect(told.first?.patient == patient)
    #expect(told.first?.author == context.author)
  }

  @Test("No plan is said of the number, never of the child, and tells nobody")
  func noPlan() async throws {
    let world = try World()
    let answer = try #require(await world.service.check(patient, in: try Sample.context()).noPlan)
    #expect(answer.displayText.contains("No plan recorded under this number"))
    #expect(answer.displayText.contains("does not mean that the child is not at risk"))
    #expect(answer.displayText.contains("21-Nov-2026 02:14"))
    #expect(answer.authorityTold == .notDue)
    #expect(world.recording.notices.isEmpty)
    #expect(try await world.accessesTold().isEmpty)
  }

  @Test("For a newborn, every 'no plan' says to check the mother's number too", arguments: CareSetting.known)
  func newborn(setting: CareSetting) async throws {
    let answer = try #require(try await World().service.check(patient, in: try Sample.context(setting)).noPlan)
    #expect(answer.displayText.contains("check the mother's number too"))
  }

  @Test("Scheduled care reads silently and unscheduled care tells the authority", arguments: CareSetting.known)
  func settingDecides(setting: CareSetting) async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    let found = try #require(await world.service.check(patient, in: try Sample.context(setting)).plans)
    #expect(found.authorityTold == (setting.care == .unscheduled ? .declared : .notDue))
    #expect(try await world.accessesTold().count == (setting.care == .unscheduled ? 1 : 0))
  }

  @Test("A plan for an unborn child is unmistakably not the mother's own")
  func unbornPlan() async throws {
    let world = try World()
    let plan = try Sample.plan(.unbornChildProtectionPlan, end: "202612240000")
    world.reference.record(plan, for: patient, bornOn: CivilDay(year: 1984, month: 2, day: 29))
    let found = try #require(await world.service.check(patient, in: try Sample.context(.maternity)).plans)
    let text = found.displayText
    #expect(text.contains("for this patient's unborn baby"))
    #expect(text.contains("NOT a plan for the patient herself"))
    #expect(text.contains("due date 24-Dec-2026"))
  }

  @Test("A mother of any age is checked: nothing is refused by age")
  func anyAge() async throws {
    let world = try World()
    let plan = try Sample.plan(.unbornChildProtectionPlan, end: "202612240000")
    world.reference.record(plan, for: patient, bornOn: CivilDay(year: 1971, month: 5, day: 1))
    #expect(await world.service.check(patient, in: try Sample.context(.maternity)).plans != nil)
  }

  @Test("Plans of several authorities are all shown, most urgent first, each with its own phones")
  func severalAuthorities() async throws {
    let world = try World()
    let ended = try Sample.plan(start: "202401010000", end: "202606010000", authority: "204")
    let lookedAfter = try Sample.plan(.lookedAfterChild, authority: "383", office: nil)
    let unborn = try Sample.plan(.unbornChildProtectionPlan, end: "202612240000", authority: "820")
    let current = try Sample.plan(start: "202610010000", authority: "711")
    let future = try Sample.plan(start: "202612010000", authority: "820")
    for plan in [ended, lookedAfter, unborn, future, current] {
      world.reference.record(plan, for: patient, bornOn: CivilDay(year: 2010, month: 1, day: 1))
    }
    let found = try #require(await world.service.check(patient, in: try Sample.context()).plans)
    #expect(found.plans.map(\.plan) == [current, unborn, lookedAfter, future, ended])
    #expect(found.headline == "PLAN RECORDED: 5 plans, 4 local authorities")
    for plan in found.plans.map(\.plan) {
      #expect(found.displayText.contains(plan.authority.name))
    }
    #expect(found.displayText.contains("NOT YET STARTED, from 01-Dec-2026"))
    #expect(found.displayText.contains("ENDED on 01-Jun-2026"))
  }

  @Test("The line for a list says when it is not the patient's own current plan, not whole, or not of now")
  func headlines() async throws {
    func headline(_ plan: Plan, at time: CivilTime = Sample.night, partial: Bool = false, stale: Bool = false)
      async throws -> String?
    {
      let world = try World(at: time) {
        $0.cache = .on(freshFor: .seconds(7200), usableWhenDownFor: .seconds(7200))
      }
      world.reference.record(plan, for: patient, bornOn: nil)
      if partial { world.registry.play(.init(.answersNonsense(.partial), on: .every)) }
      if stale {
        _ = await world.service.check(patient, in: try Sample.context())
        world.clock.advance(by: .seconds(5400))
      }
      return await world.service.check(patient, in: try Sample.context()).plans?.headline
    }
    let plan = try Sample.plan()
    let unborn = try Sample.plan(.unbornChildProtectionPlan, end: "202611100000")
    #expect(try await headline(plan) == "PLAN RECORDED: 1 plan, 1 local authority")
    #expect(try await headline(plan, partial: true) == "PLAN RECORDED: 1 plan, 1 local authority (INCOMPLETE)")
    #expect(
      try await headline(plan, stale: true)
        == "PLAN RECORDED: 1 plan, 1 local authority; as it stood 90 minutes ago, not checked now")
    #expect(
      try await headline(unborn, at: Sample.time("202611010900"))
        == "UNBORN CHILD PLAN RECORDED: 1 plan, 1 local authority")
    #expect(try await headline(unborn) == "PAST-DUE UNBORN CHILD PLAN RECORDED: 1 plan, 1 local authority")
    #expect(
      try await headline(try Sample.plan(end: "202606010000")) == "ENDED PLAN RECORDED: 1 plan, 1 local authority")
  }

  @Test("An answer's age is told to the minute for two days, and to the hour after")
  func ages() {
    let texts: [(Double, String)] = [
      (59.9, "under a minute"), (60, "1 minute"), (119 * 60, "119 minutes"), (120 * 60, "2 hours"),
      (179 * 60 + 59, "2 hours 59 minutes"), (181 * 60, "3 hours 1 minute"), (48 * 3600, "2 days"),
      (49 * 3600 + 1800, "2 days 2 hours"),
    ]
    for (seconds, text) in texts {
      let now = Date(timeIntervalSince1970: 1_800_000_000)
      let origin = AnswerOrigin(source: .freshCache, asOf: now.addingTimeInterval(-seconds), checkedAt: now)
      #expect(origin.ageText == text)
    }
  }

  @Test("The office is rung while it is open, the emergency duty team at all other times, and both are labelled")
  func phones() async throws {
    for (time, role) in [
      (Sample.morning, LocalAuthority.PhoneRole.officeHours), (Sample.night, .emergencyDuty),
    ] {
      let world = try World(at: time)
      world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
      let found = try #require(await world.service.check(patient, in: try Sample.context()).plans)
      #expect(found.plans[0].phoneNow == role)
      #expect(found.displayText.contains("Ring now: \(role == .officeHours ? "02079460001" : "02079460000")"))
      #expect(found.displayText.contains("02079460000"))
      #expect(found.displayText.contains("02079460001"))
      #expect(found.displayText.lowercased().contains("emergency duty team"))
    }
    let world = try World(at: Sample.morning)
    world.reference.record(try Sample.plan(office: nil), for: patient, bornOn: nil)
    let found = try #require(await world.service.check(patient, in: try Sample.context()).plans)
    #expect(found.plans[0].phoneNow == .emergencyDuty)
  }

  @Test("An answer that could not be read whole is shown as incomplete, and is not kept")
  func partialAnswer() async throws {
    let world = try World { $0.cache = .on(freshFor: .seconds(60), usableWhenDownFor: .seconds(60)) }
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.answersNonsense(.partial), on: .every))
    let context = try Sample.context(visit: "v1")
    for _ in 0..<2 {
      let found = try #require(await world.service.check(patient, in: context).plans)
      #expect(found.completeness == .partial(unreadableEntries: 1))
      #expect(found.displayText.contains("INCOMPLETE"))
      #expect(found.origin.source == .registry)
    }
  }

  @Test("A plan that the registry gives twice is shown once")
  func duplicatedPlans() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.answersNonsense(.duplicatedPlans), on: .every))
    let found = try #require(await world.service.check(patient, in: try Sample.context()).plans)
    #expect(found.plans.count == 1)
  }

  @Test("A superseded number finds nothing, which is said of that number, and its authority is told")
  func superseded() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.reference.supersede(patient, by: [Sample.numbers[1]])
    let answer = try #require(await world.service.check(patient, in: try Sample.context()).noPlan)
    #expect(answer.headline == "No plan recorded under this number")
    let inactive = world.reference.takeNotices().compactMap { notice -> InactiveNumberNotice? in
      guard case .inactiveNumber(let inactive) = notice else { return nil }
      return inactive
    }
    #expect(inactive.map(\.oldNumber) == [patient])
    #expect(inactive.map(\.replacements) == [[Sample.numbers[1]]])
  }

  @Test("Settings and repeats that the policy leaves out give the safeguarding team no notice")
  func safeguardingPolicy() async throws {
    let world = try World {
      $0.safeguarding.settings = .only([.emergencyDepartment])
      $0.safeguarding.tellsOfRepeats = false
    }
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    #expect(
      await world.service.check(patient, in: try Sample.context(.maternity)).plans?.safeguardingTold == .notDue)
    let context = try Sample.context(visit: "v1")
    #expect(await world.service.check(patient, in: context).plans?.safeguardingTold == .entrusted)
    #expect(await world.service.check(patient, in: context).plans?.safeguardingTold == .alreadyTold)
    #expect(world.safeguardingNotices.count == 1)
  }
}
