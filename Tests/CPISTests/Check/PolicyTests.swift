import CPIS
import CPISReference
import Testing

@Suite("Policies")
struct PolicyTests {
  static let senseless: [(rule: String, change: @Sendable (inout TriagePolicy) -> Void)] = [
    ("TriagePolicy.deadline must be more than zero", { $0.deadline = .zero }),
    ("TriagePolicy.deadline must be more than zero", { $0.deadline = .seconds(-1) }),
    ("TriagePolicy.cacheDeadline must be more than zero", { $0.cacheDeadline = .zero }),
    ("TriagePolicy.sinkDeadline must be more than zero", { $0.sinkDeadline = .zero }),
    ("TriagePolicy.visitDeadline must be more than zero", { $0.visitDeadline = .zero }),
    ("TriagePolicy.visitWindow must be more than zero", { $0.visitWindow = .zero }),
    ("TriagePolicy.repeatsAnsweredFor must not be negative", { $0.repeatsAnsweredFor = .nanoseconds(-1) }),
    ("TriagePolicy.heldNoticeLimit must not be negative", { $0.heldNoticeLimit = -1 }),
    (
      "TriagePolicy.cache must have no negative freshFor",
      { $0.cache = .on(freshFor: .seconds(-1), usableWhenDownFor: .seconds(1)) }
    ),
    (
      "TriagePolicy.cache must have no usableWhenDownFor below its freshFor",
      { $0.cache = .on(freshFor: .seconds(2), usableWhenDownFor: .seconds(1)) }
    ),
    (
      "TriagePolicy.officeHours must open and then close within a day of 1,440 minutes",
      { $0.officeHours.opensAtMinute = -1 }
    ),
    (
      "TriagePolicy.officeHours must open and then close within a day of 1,440 minutes",
      { $0.officeHours.closesAtMinute = 1441 }
    ),
    (
      "TriagePolicy.officeHours must open and then close within a day of 1,440 minutes",
      { $0.officeHours.closesAtMinute = 539 }
    ),
  ]

  @Test(
    "A setting that makes no sense is refused when the service is made, by name", arguments: 0..<senseless.count)
  func faults(number: Int) throws {
    let (rule, change) = Self.senseless[number]
    let error = #expect(throws: InvalidValue.self) { _ = try World(policy: change) }
    #expect(error?.description == rule)
  }

  @Test("The extremes that make sense are taken")
  func extremes() throws {
    _ = try World { policy in
      policy.deadline = .nanoseconds(1)
      policy.repeatsAnsweredFor = .zero
      policy.heldNoticeLimit = 0
      policy.cache = .on(freshFor: .zero, usableWhenDownFor: .zero)
      policy.officeHours.opensAtMinute = 0
      policy.officeHours.closesAtMinute = 1440
    }
  }
}
