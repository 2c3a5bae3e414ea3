import Foundation

/// What the program was asked to do.
struct Arguments {
  static let help = """
    Benchmarks [--quick] [--only TEXT] [--output FOLDER]
        Measures, and prints as it goes. --only: comparisons whose name contains TEXT.
        --output: writes Benchmarks.json, Benchmarks.md and Benchmarks.svg into FOLDER.
    Benchmarks --check THRESHOLDS.json [--quick]
        Measures what the thresholds speak of, and fails if one is not met in three tries.
        --quick: leaves out thresholds that need long preparation.
    """

  private(set) var isQuick = false
  private(set) var filter: String?
  private(set) var output: String?
  private(set) var thresholds: String?

  init(_ arguments: some Sequence<String>) {
    var rest = Array(arguments)[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--quick": isQuick = true
      case "--only": filter = rest.popFirst()
      case "--output": output = rest.popFirst()
      case "--check": thresholds = rest.popFirst()
      default:
        print(Self.help)
        exit(argument == "--help" ? 0 : 2)
      }
    }
  }
}
