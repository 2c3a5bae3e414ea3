import Foundation

/// What the program was asked to do.
struct Arguments {
  static let help = """
    Benchmarks [--quick] [--only TEXT]
        Measures, and prints as it goes. --only: comparisons whose name contains TEXT.
        --quick: leaves out what needs long preparation, in every mode.
    Benchmarks --output FOLDER --goals FILE [--runs COUNT]
        Also writes the figures into the file of this machine there, as medians over so many runs; and
        Benchmarks.md and Benchmarks.svg anew from the files of all machines.
    Benchmarks --render FOLDER --goals FILE
        Writes only Benchmarks.md and Benchmarks.svg.
    Benchmarks --check --goals FILE
        Measures what the goals speak of, and fails when less than half of one is reached in three tries.
    """

  private(set) var isQuick = false
  private(set) var isCheck = false
  private(set) var filter: String?
  private(set) var output: URL?
  private(set) var rendered: URL?
  private(set) var goals: URL?
  private(set) var runs = 1

  init(_ arguments: some Sequence<String>) {
    var rest = Array(arguments)[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--quick": isQuick = true
      case "--check": isCheck = true
      case "--only": filter = rest.popFirst()
      case "--output": output = rest.popFirst().map { URL(filePath: $0, directoryHint: .isDirectory) }
      case "--render": rendered = rest.popFirst().map { URL(filePath: $0, directoryHint: .isDirectory) }
      case "--goals": goals = rest.popFirst().map { URL(filePath: $0) }
      case "--runs": runs = max(1, rest.popFirst().flatMap { Int($0) } ?? 1)
      default:
        print(Self.help)
        exit(argument == "--help" ? 0 : 2)
      }
    }
  }
}
