import CPIS
import CPISReference
import Testing

@Suite("Policies")
struct PolicyTests {
  static let senseless: [(rule: String, change: @Sendable (inout TriagePolicy) -> Void)] = [
    ("deadline must be more than zero", { $0.deadline = .zero }),
    ("deadline must be more than zero", { $0.deadline = .seconds(-1) }),
    ("cache deadline must be more than zero", { $0.cacheDeadline = .zero }),
    ("sink deadline must be more than zero", { $0.sinkDeadline = .zero }),
    ("visit deadline must be more than zero", { $0.visitDeadline = .zero }),
    ("visit window must be more than zero", { $0.visitWindow = .zero }),
    ("time that repeats are answered must not be negative", { $0.repeatsAnsweredFor = .nanoseconds(-1) }),
    ("held notice limit must not be negative", { $0.heldNoticeLimit = -1 }),
    (
      "age of kept answers must not be negative",
      { $0.cache = .on(freshFor: .seconds(-1), usableWhenDownFor: .seconds(1)) }
    ),
    (
      "age of kept answers must not be negative",
      { $0.cache = .on(freshFor: .seconds(1), usableWhenDownFor: .seconds(-1)) }
    ),
    ("office hours must lie within a day of 1,440 minutes", { $0.officeHours.opensAtMinute = -1 }),
    ("office hours must lie within a day of 1,440 minutes", { $0.officeHours.closesAtMinute = 1441 }),
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
