internal import CPIS

/// What is kept under one NHS number.
struct PatientEntry {
  /// The patient's birth date; `nil` when nobody said.
  var birthDay: CivilDay?
  /// The plans, in the order in which they first came.
  var plans: [HeldPlan] = []
  /// Who saw them in unscheduled care.
  var accesses = KeptAccesses()

  /// The plans that are shown on a day.
  func visiblePlans(on day: CivilDay) -> [HeldPlan] {
    plans.filter { held in
      guard let last = held.plan.lastVisibleDay(bornOn: birthDay) else { return true }
      return day <= last
    }
  }

  /// The last day on which these plans may be shown because of an 18th birthday; `nil` when no birthday takes one
  /// of them away before its own dates do.
  func lastDayBeforeEighteen(of visible: [HeldPlan]) -> CivilDay? {
    visible.compactMap { held in
      let last = held.plan.lastVisibleDay(bornOn: birthDay)
      return last == held.plan.lastVisibleDay ? nil : last
    }.min()
  }

  /// Adds a plan or puts it in the place of the one with its identity [D].
  mutating func put(_ held: HeldPlan) {
    if let place = plans.firstIndex(where: { $0.plan.identity == held.plan.identity }) {
      plans[place] = held
    } else {
      plans.append(held)
    }
  }

  /// Removes the plan with an identity, where there is one. It may come again in a later file [D].
  mutating func withdraw(_ identity: Plan.Identity) {
    plans.removeAll { $0.plan.identity == identity }
  }
}
