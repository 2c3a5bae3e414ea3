import Foundation

// See --help.
let arguments = Arguments(CommandLine.arguments.dropFirst())
do {
  let goals = try arguments.goals.map(Goal.read) ?? []
  var harness = Harness()
  harness.isQuick = arguments.isQuick
  if arguments.isCheck { exit(try Check(goals: goals).run(harness) ? 0 : 1) }
  if let folder = arguments.rendered {
    try Publication.write(in: folder, goals)
    exit(0)
  }
  if let filter = arguments.filter { harness.isWanted = { $0.contains(filter) } }
  var runs: [Harness] = []
  for _ in 0..<arguments.runs {
    var run = harness
    try Suites.run(&run)
    runs.append(run)
  }
  if let folder = arguments.output {
    try Results(runs).write(to: folder)
    try Publication.write(in: folder, goals)
  }
} catch {
  // Half a measurement is not written: what is missing might be what went wrong.
  Report.line("FAILED \(error)")
  exit(1)
}
