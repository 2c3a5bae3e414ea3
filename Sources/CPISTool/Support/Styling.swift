import CPIS

extension TriageOutcome {
  /// The colour of the outcome. Text alone must tell the three apart; colour only helps.
  var style: Console.Style {
    switch self {
    case .plansRecorded: .alarm
    case .noPlanRecorded: .calm
    case .notChecked: .caution
    }
  }
}

extension CareSetting {
  /// The setting's name on the command line: `emergency-department`.
  var argument: String {
    rawValue.map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
  }

  /// The setting with a name on the command line.
  init?(argument: String) {
    guard let setting = Self.allCases.first(where: { $0.argument == argument }) else { return nil }
    self = setting
  }
}
