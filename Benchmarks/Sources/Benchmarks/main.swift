import Foundation

// See --help.
let arguments = Arguments(CommandLine.arguments.dropFirst())
var harness = Harness()
harness.isQuick = arguments.isQuick
if let thresholds = arguments.thresholds {
  let check = try Check(thresholds: URL(filePath: thresholds))
  exit(check.run(harness) ? 0 : 1)
}
if let filter = arguments.filter { harness.isWanted = { $0.contains(filter) } }
Suites.run(&harness)
if let folder = arguments.output {
  try Results(harness).write(to: URL(filePath: folder, directoryHint: .isDirectory))
}
