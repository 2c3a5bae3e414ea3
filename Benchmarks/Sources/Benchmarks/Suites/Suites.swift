/// All suites, in the order of the report.
///
/// To add one: write it as the others are, in a file of its own, and name it here. A suite asks the harness whether its
/// comparisons are wanted before it prepares anything.
enum Suites {
  static func run(_ harness: inout Harness) throws {
    try LookupSuite.run(&harness)
    try PatternSuite.run(&harness)
    try ParseSuite.run(&harness)
    try ScreenSuite.run(&harness)
    try BuildSuite.run(&harness)
    try PublishSuite.run(&harness)
    try TriageSuite.run(&harness)
    try OutboxSuite.run(&harness)
  }
}
