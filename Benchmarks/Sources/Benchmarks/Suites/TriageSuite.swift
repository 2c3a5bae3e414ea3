/// The whole triage check in process. To be filled in: see ``Suites``.
enum TriageSuite {
  static func run(_ harness: inout Harness) {}
}
