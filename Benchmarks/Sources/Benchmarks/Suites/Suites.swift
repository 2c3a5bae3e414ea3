/// All suites, in the order of the report.
///
/// To add one: write it as the others are, in a file of its own, and name it here. A suite asks the harness whether its
/// comparisons are wanted before it prepares anything.
enum Suites {
  static func run(_ harness: inout Harness) {
    LookupSuite.run(&harness)
    PatternSuite.run(&harness)
    ParseSuite.run(&harness)
    ScreenSuite.run(&harness)
    BuildSuite.run(&harness)
    PublishSuite.run(&harness)
    TriageSuite.run(&harness)
    OutboxSuite.run(&harness)
  }
}
