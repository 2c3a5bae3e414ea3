/// The three kinds of plan that CP-IS holds.
public enum PlanKind: String, Hashable, Sendable, CaseIterable {
  /// A child protection plan (CPP).
  case childProtectionPlan = "CPP"

  /// A looked after child (LAC): in the care of a local authority.
  case lookedAfterChild = "LAC"

  /// An unborn child protection plan (UCP), held under the **mother's** number. It is never the mother's own
  /// plan (hazard H4), and nothing about the baby is carried.
  case unbornChildProtectionPlan = "UCP"
}

extension PlanKind {
  /// The kind with the given SNOMED CT concept identifier.
  ///
  /// - Returns: `nil` for any other concept: then the kind is not known, which is not the same as no plan.
  public init?(snomedCode: String) {
    guard let kind = Self.allCases.first(where: { $0.snomedCode == snomedCode }) else { return nil }
    self = kind
  }

  /// The SNOMED CT concept identifier.
  public var snomedCode: String {
    switch self {
    case .childProtectionPlan: "342191000000101"
    case .lookedAfterChild: "764841000000100"
    case .unbornChildProtectionPlan: "818901000000100"
    }
  }

  /// The abbreviation in use: CPP, LAC or UCP.
  public var abbreviation: String { rawValue }

  /// The name for a clinician to read. For a UCP it says whose plan it is.
  public var displayText: String {
    switch self {
    case .childProtectionPlan: "Child protection plan"
    case .lookedAfterChild: "Looked after child"
    case .unbornChildProtectionPlan: "Unborn child protection plan (for this patient's unborn baby)"
    }
  }

  /// Days for which an ended plan is still shown: 365 after the end of a CPP or LAC, 28 after the end of a UCP,
  /// which is the due date. The end day is day 0; the last of these days still shows it, the next does not.
  public var daysVisibleAfterEnd: Int {
    self == .unbornChildProtectionPlan ? 28 : 365
  }

  /// Whether the plan leaves on the 18th birthday of the patient it is held under. A UCP does not: it is held
  /// under the mother's number, and does not depend on her age.
  public var endsAtEighteen: Bool { self != .unbornChildProtectionPlan }
}
