import Foundation

// See --help.
let arguments = Arguments(CommandLine.arguments.dropFirst())
do {
  let thresholds = try arguments.thresholds.map(Threshold.read) ?? []
  var harness = Harness()
  harness.isQuick = arguments.isQuick
  if arguments.isCheck { exit(try Check(thresholds: thresholds).run(harness) ? 0 : 1) }
  if let folder = arguments.rendered {
    try Results.render(folder, thresholds)
    exit(0)
  }
  if let filter = arguments.filter { harness.isWanted = { $0.contains(filter) } }
  var runs: [Harness] = []
  for _ in 0..<arguments.runs {
    var run = harness
    try Suites.run(&run)
    runs.append(run)
  }
  if let folder = arguments.output { try Results(runs).write(to: folder, thresholds) }
} catch {
  // Half a measurement is not written: what is missing might be what went wrong.
  Report.line("FAILED \(error)")
  exit(1)
}
