import NHSNumbers

/// What must hold before a registry or cache is asked about anyone.
enum Gate {
  /// Why a check may not be made; `nil` when it may.
  ///
  /// Never by age: a mother of any age may carry a plan for her unborn child.
  static func refusal(_ patient: NHSNumber, in context: AccessContext) -> NotChecked.Reason? {
    if patient.isPlaceholder { return .placeholderNumber }
    if context.tracing != .verified { return .notTraced }
    let care = context.setting.care
    let activities = context.author.activities
    if activities.isEmpty { return .roleMissing }
    if !activities.contains(care.requiredActivity) { return .roleContradictsSetting(care) }
    return nil
  }
}
