import Foundation
import NHSNumbers

// Benchmarks [FILTER]            all comparisons whose name contains FILTER
// Benchmarks --check FILE        those that thresholds speak of, at the sizes that continuous integration has time for
let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count == 2, arguments[0] == "--check" {
  exit(try Check(thresholds: URL(filePath: arguments[1])).run() ? 0 : 1)
}
var harness = Harness()
harness.filter = arguments.first
for size in LookupSuite.Size.allCases { LookupSuite.compare(size, hits: [1, 100], &harness) }
Report.line("checksum \(Sink.value)")
