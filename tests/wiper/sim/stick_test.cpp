#include <doctest/doctest.h>

#include "wiper/sim/simulated_executor.h"
#include "wiper/sim/simulated_stick.h"

namespace relance {
namespace {

constexpr const char* kFile = "JOURNAL/a.txt";

std::string text_of(const SimulatedStick& stick, const std::string& path) {
  const auto files = stick.files();
  const auto found = files.find(path);
  return found == files.end() ? "" : std::string(as_text(found->second));
}

TEST_SUITE("simulated stick") {
  TEST_CASE("an append that returned survives, the one that the power cut met is torn by the seed") {
    bool whole = false;
    bool piece = false;
    bool nothing = false;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      SimulatedExecutor executor(seed);
      SimulatedStick stick(seed);
      const auto seam = std::make_shared<Seam>(executor);
      stick.plug_into(seam);
      seam->cut_power_at(2);
      REQUIRE(stick.append(kFile, as_bytes("one\n")).ok());

      CHECK(stick.append(kFile, as_bytes("two\n")).error().code == Errc::Gone);
      CHECK(stick.append(kFile, as_bytes("three\n")).error().code == Errc::Gone);

      const std::string text = text_of(stick, kFile);
      CHECK(std::string("one\ntwo\n").starts_with(text));
      CHECK(text.starts_with("one\n"));
      whole = whole || text == "one\ntwo\n";
      nothing = nothing || text == "one\n";
      piece = piece || (text != "one\n" && text != "one\ntwo\n");
    }
    CHECK(whole);
    CHECK(piece);
    CHECK(nothing);
  }

  TEST_CASE("a publish that the power cut met has happened wholly or not at all") {
    bool whole = false;
    bool nothing = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      SimulatedExecutor executor(seed);
      SimulatedStick stick(seed);
      const auto seam = std::make_shared<Seam>(executor);
      stick.plug_into(seam);
      seam->cut_power_at(1);

      CHECK(!stick.publish("JOURNAL/x.bin", as_bytes("whole")).ok());

      const std::string text = text_of(stick, "JOURNAL/x.bin");
      whole = whole || text == "whole";
      nothing = nothing || text.empty();
      CHECK((text.empty() || text == "whole"));
    }
    CHECK(whole);
    CHECK(nothing);
  }

  TEST_CASE("full, read-only and pulled each answer with their STOP number, and end when their time is over") {
    SimulatedStick stick;
    stick.lay({{.kind = StickFaultKind::Full, .from = 1},
               {.kind = StickFaultKind::ReadOnly, .from = 2},
               {.kind = StickFaultKind::Pulled, .from = 3}});

    CHECK(stick.append(kFile, as_bytes("x")).error().stop == Stop::StickFull);
    CHECK(stick.append(kFile, as_bytes("x")).error().stop == Stop::StickReadOnly);
    CHECK(stick.append(kFile, as_bytes("x")).error().stop == Stop::StickGone);
    CHECK(stick.append(kFile, as_bytes("x")).ok());
  }

  TEST_CASE("a read error strikes reads only") {
    SimulatedStick stick;
    stick.lay({{.kind = StickFaultKind::ReadError, .from = 1}});

    CHECK(stick.append(kFile, as_bytes("x")).ok());
    CHECK(!stick.read(kFile).ok());
    CHECK(stick.read(kFile).ok());
  }

  TEST_CASE("a stick that hangs is released by the power cut") {
    SimulatedExecutor executor(1);
    SimulatedStick stick;
    const auto seam = std::make_shared<Seam>(executor);
    stick.plug_into(seam);
    stick.lay({{.kind = StickFaultKind::Hang, .from = 1, .span = kForEver}});
    bool ok = true;
    const auto stuck = executor.start("stuck", [&] { ok = stick.append(kFile, as_bytes("x")).ok(); });
    executor.sleep(std::chrono::hours(10));
    CHECK(!stuck->finished());

    seam->cut_power();

    stuck->join();
    CHECK(!ok);
  }
}

}  // namespace
}  // namespace relance
