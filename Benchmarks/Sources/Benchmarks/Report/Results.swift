import Foundation

/// Placeholder.
struct Results {
  init(_ harness: Harness) {}
  func write(to folder: URL) throws {}
}
