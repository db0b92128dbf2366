// The main of every test program: doctest's, plus skipped tests that are counted as such.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>

#include "tests/support/skip.h"

namespace {

constexpr int kSkipped = 77;  // SKIP_RETURN_CODE in scripts/cmake/library.cmake.

struct Count {
  unsigned run = 0;
  unsigned skipped = 0;
  const char* name = "";
  bool skipped_this_one = false;
} count;

struct CountCases : doctest::IReporter {
  explicit CountCases(const doctest::ContextOptions&) {}
  void test_case_start(const doctest::TestCaseData& test) override {
    count.name = test.m_name;
    count.skipped_this_one = false;
  }
  void test_case_end(const doctest::CurrentTestCaseStats&) override {
    count.run += 1;
    if (count.skipped_this_one) count.skipped += 1;
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("count", 1, CountCases);

}  // namespace

void relance::skip(std::string_view why) {
  count.skipped_this_one = true;
  std::printf("skipped: %s: %.*s\n", count.name, static_cast<int>(why.size()), why.data());
}

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  const int failed = context.run();
  if (failed != 0) return failed;
  return count.run > 0 && count.skipped == count.run ? kSkipped : 0;
}
