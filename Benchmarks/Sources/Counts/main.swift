import Foundation
import Shared

// Counts
//     Names the operations, one a line: the name, how many are counted, and what one is called.
// Counts NAME
//     Prepares an operation, does it as often as it is counted so that everything has grown as far as it will, and
//     does it that often again between two marks. Prints how many allocations there were between them.

if CommandLine.arguments.count == 1 {
  for operation in Operation.all { print("\(operation.name)\t\(operation.count)\t\(operation.unit)") }
  exit(0)
}
do {
  guard let operation = Operation.all.first(where: { $0.name == CommandLine.arguments[1] }) else {
    throw NotDone("there is no operation \(CommandLine.arguments[1])")
  }
  countAllocations()
  let allocations = try Waiting.value { try await operation.run() }
  print("allocations\t\(allocations)")
} catch {
  print("FAILED \(error)")
  exit(1)
}
