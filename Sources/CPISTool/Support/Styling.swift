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
    name.map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
  }

  /// The settings with a name on the command line: none, one, or, where sources disagree, one for each kind of care.
  static func named(_ argument: String) -> [CareSetting] { known.filter { $0.argument == argument } }
}
