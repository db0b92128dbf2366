#include "wiper/erase/drive_erase.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "wiper/command/ata_commands.h"
#include "wiper/command/drive_erases.h"
#include "wiper/command/identify_device.h"
#include "wiper/command/nvme_commands.h"
#include "wiper/erase/known_bad.h"
#include "wiper/erase/stall_watch.h"
#include "wiper/sim/simulated_ata_drive.h"
#include "wiper/sim/simulated_nvme_drive.h"

namespace relance {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBlocks = 64;
constexpr unsigned kMostPolls = 50;

constexpr EraseCommand kAtaErases[] = {EraseCommand::SanitizeBlock, EraseCommand::SanitizeCrypto,
                                       EraseCommand::SanitizeOverwrite, EraseCommand::SecurityErase,
                                       EraseCommand::SecurityEraseEnhanced};
constexpr EraseCommand kNvmeErases[] = {EraseCommand::NvmeSanitizeBlock, EraseCommand::NvmeSanitizeCrypto,
                                        EraseCommand::NvmeSanitizeOverwrite, EraseCommand::NvmeFormat,
                                        EraseCommand::NvmeFormatCrypto};

// What passed, in its order, and what was said to the stick in between.
template <class Port, class Command, class Reply>
class Watched : public Port {
 public:
  Watched(Port& port, std::vector<std::string>& log) : port_(port), log_(log) {}
  Result<Reply> submit(const Command& command) override {
    log_.emplace_back(command.name);
    return port_.submit(command);
  }

 private:
  Port& port_;
  std::vector<std::string>& log_;
};

struct Bench {
  SimulatedDrive platter{{.block_count = kBlocks}};
  std::vector<std::string> log;
  std::optional<EraseIntent> intent;
  unsigned starts = 0;
  bool is_stick_there = true;

  EraseSetup setup() {
    return {.announce = [this](const EraseIntent& said) -> Result<void> {
              if (!is_stick_there) return Error{Errc::Gone, Stop::StickGone, "pulled"};
              log.emplace_back("stick");
              intent = said;
              ++starts;
              return {};
            },
            .before = intent,
            .times_before = starts};
  }
  bool keeps_factory_content() const {
    const Bytes all = platter.platter();
    return std::ranges::all_of(all, [](std::byte byte) { return byte == kFactoryContent; });
  }
  bool holds_factory_content() const {
    const Bytes all = platter.platter();
    return std::ranges::any_of(all, [](std::byte byte) { return byte == kFactoryContent; });
  }
};

struct AtaBench : Bench {
  SimulatedAtaDrive firmware;
  explicit AtaBench(AtaTemper temper = {}) : firmware(platter, std::move(temper)) {}
  std::unique_ptr<DriveErase> erase(EraseCommand command) {
    return make_ata_erase(command, std::make_unique<Watched<AtaPort, AtaCommand, AtaReply>>(firmware, log), setup());
  }
};

struct NvmeBench : Bench {
  SimulatedNvmeDrive firmware;
  explicit NvmeBench(const NvmeTemper& temper = {}) : firmware(platter, temper) {}
  std::unique_ptr<DriveErase> erase(EraseCommand command) {
    return make_nvme_erase(command, std::make_unique<Watched<NvmeAdminPort, NvmeCommand, NvmeReply>>(firmware, log),
                           setup());
  }
};

EraseReport run(DriveErase& erase) {
  EraseStatus status = erase.start().value();
  for (unsigned i = 0; status.is_running; ++i) {
    REQUIRE(i < kMostPolls);
    status = erase.poll().value();
  }
  return erase.proof().report();
}

template <class Place>
EraseReport run(Place& bench, EraseCommand command) {
  return run(*bench.erase(command));
}

TEST_SUITE("drive erase") {
  TEST_CASE("each command of an honest ATA disk erases it, and is seen to do so") {
    for (const EraseCommand command : kAtaErases) {
      CAPTURE(name_of(command));
      AtaBench bench;
      const EraseReport report = run(bench, command);
      CHECK(report.outcome == EraseOutcome::Done);
      CHECK(report.was_accepted);
      CHECK(report.has_moved);
      CHECK_FALSE(bench.holds_factory_content());
      CHECK_FALSE(read_identify_device(bench.firmware).value().security.is_enabled);
    }
  }

  TEST_CASE("each command of an honest NVMe drive erases it, and is seen to do so") {
    for (const EraseCommand command : kNvmeErases) {
      CAPTURE(name_of(command));
      NvmeBench bench;
      CHECK(run(bench, command).outcome == EraseOutcome::Done);
      CHECK_FALSE(bench.holds_factory_content());
    }
  }

  TEST_CASE("a drive that answers success and does nothing is not believed by its answer") {
    for (const EraseCommand command : kAtaErases) {
      CAPTURE(name_of(command));
      AtaBench bench({.lies_about = {ata::kSanitizeDevice, ata::kSecurityEraseUnit}});
      const EraseReport report = run(bench, command);
      CHECK(report.outcome == (is_security_erase(command) ? EraseOutcome::Lied : EraseOutcome::Unproven));
      CHECK(says_success(report.outcome));
      CHECK_FALSE(read_identify_device(bench.firmware).value().security.is_enabled);
    }
    AtaBench bench({.lies_about = {ata::kSecuritySetPassword}});
    CHECK(run(bench, EraseCommand::SecurityErase).outcome == EraseOutcome::Lied);
    CHECK(std::ranges::count(bench.log, "SECURITY ERASE UNIT") == 0);
    for (const EraseCommand command : {EraseCommand::NvmeSanitizeBlock, EraseCommand::NvmeSanitizeCrypto}) {
      NvmeBench nvme({.answers_only = true});
      CHECK(run(nvme, command).outcome == EraseOutcome::Unproven);
    }
  }

  TEST_CASE("the password is on the stick before the drive has it; without the stick nothing is sent") {
    AtaBench bench;
    CHECK(run(bench, EraseCommand::SecurityErase).outcome == EraseOutcome::Done);
    const auto stick = std::ranges::find(bench.log, "stick");
    const auto password = std::ranges::find(bench.log, "SECURITY SET PASSWORD");
    CHECK(stick < password);
    CHECK(bench.intent->password == erase_password());
    CHECK(*(std::ranges::find(bench.log, "SECURITY ERASE PREPARE") + 1) == "SECURITY ERASE UNIT");

    for (const EraseCommand command : kAtaErases) {
      AtaBench without;
      without.is_stick_there = false;
      CHECK(without.erase(command)->start().error().stop == Stop::StickGone);
      CHECK(without.keeps_factory_content());
      CHECK_FALSE(read_identify_device(without.firmware).value().security.is_enabled);
    }
  }

  TEST_CASE("a disk that our noted password has locked is opened at the next start, and erased") {
    AtaBench bench;
    bench.intent = EraseIntent{EraseCommand::SecurityErase, SanitizeStanding::NotSaid, erase_password()};
    bench.starts = 1;
    (void)bench.firmware.submit(ata::security_set_user_password({.bytes = erase_password()}));
    bench.firmware.cycle_power();
    REQUIRE(read_identify_device(bench.firmware).value().security.is_locked);

    CHECK(run(bench, EraseCommand::SecurityErase).outcome == EraseOutcome::Done);
    CHECK_FALSE(read_identify_device(bench.firmware).value().security.is_enabled);
    CHECK_FALSE(bench.holds_factory_content());
  }

  TEST_CASE("after two interruptions the disk is opened, and the command is not sent a third time") {
    AtaBench bench;
    bench.intent = EraseIntent{EraseCommand::SecurityErase, SanitizeStanding::NotSaid, erase_password()};
    bench.starts = kMostEraseStarts;
    (void)bench.firmware.submit(ata::security_set_user_password({.bytes = erase_password()}));
    bench.firmware.cycle_power();

    CHECK(run(bench, EraseCommand::SecurityErase).outcome == EraseOutcome::Interrupted);
    CHECK_FALSE(read_identify_device(bench.firmware).value().security.is_enabled);
    CHECK(bench.keeps_factory_content());
  }

  TEST_CASE("somebody else's password, a frozen disk and one that keeps our password are told apart") {
    AtaBench locked({.password = std::array<std::byte, 32>{std::byte{1}}, .is_locked = true});
    CHECK(run(locked, EraseCommand::SecurityErase).outcome == EraseOutcome::Locked);
    AtaBench frozen({.is_security_frozen = true});
    CHECK(run(frozen, EraseCommand::SecurityErase).outcome == EraseOutcome::Frozen);
    CHECK(run(frozen, EraseCommand::SanitizeBlock).outcome == EraseOutcome::Done);  // Its freeze is another one.
    AtaBench sanitize_frozen({.is_sanitize_frozen = true});
    CHECK(run(sanitize_frozen, EraseCommand::SanitizeBlock).outcome == EraseOutcome::Frozen);
    AtaBench keeps({.lies_about = {ata::kSecurityEraseUnit, ata::kSecurityDisable}});
    CHECK(run(keeps, EraseCommand::SecurityErase).outcome == EraseOutcome::StillLocked);
    AtaBench without({.has_sanitize = false});
    CHECK(run(without, EraseCommand::SanitizeBlock).outcome == EraseOutcome::NotOffered);
  }

  TEST_CASE("a sanitize goes on through a power cut: its status is read, and it is not sent again") {
    for (const bool is_nvme_drive : {false, true}) {
      CAPTURE(is_nvme_drive);
      AtaBench ata({.sanitize_polls = 6});
      NvmeBench nvme({.sanitize_polls = 6});
      Bench& bench = is_nvme_drive ? static_cast<Bench&>(nvme) : ata;
      const auto make = [&] {
        return is_nvme_drive ? nvme.erase(EraseCommand::NvmeSanitizeBlock) : ata.erase(EraseCommand::SanitizeBlock);
      };
      REQUIRE(make()->start().value().is_running);
      ata.firmware.cycle_power();
      nvme.firmware.cycle_power();

      CHECK(run(*make()).outcome == EraseOutcome::Done);
      CHECK(bench.starts == 1);
      CHECK_FALSE(bench.holds_factory_content());
      // And where it was done before anybody could ask: the status is another than the one on the stick.
      CHECK(run(*make()).outcome == EraseOutcome::Done);
      CHECK(bench.starts == 1);
    }
  }

  TEST_CASE("a success that was there before our start proves nothing") {
    AtaBench bench({.sanitize_polls = 0});
    REQUIRE(run(bench, EraseCommand::SanitizeBlock).outcome == EraseOutcome::Done);
    bench.intent.reset();
    bench.starts = 0;
    CHECK(run(bench, EraseCommand::SanitizeBlock).outcome == EraseOutcome::Unproven);
  }

  TEST_CASE("a sanitize that fails is told, and the drive obeys again") {
    AtaBench ata({.sanitize_fails_at = 2});
    CHECK(run(ata, EraseCommand::SanitizeCrypto).outcome == EraseOutcome::Failed);
    CHECK(ata.firmware.submit(ata::read_native_max(true)).value().failed == false);
    NvmeBench nvme({.sanitize_fails_at = 2});
    CHECK(run(nvme, EraseCommand::NvmeSanitizeCrypto).outcome == EraseOutcome::Failed);
    CHECK(nvme.firmware.submit(nvme::format(1, 0, nvme::FormatErases::UserData, 1s)).value().status == 0);
  }

  TEST_CASE("where there are other namespaces nothing is sent") {
    for (const EraseCommand command : kNvmeErases) {
      NvmeBench bench({.namespaces = 2});
      CHECK(run(bench, command).outcome == EraseOutcome::OtherNamespaces);
      CHECK(bench.starts == 0);
      CHECK(bench.keeps_factory_content());
    }
  }

  TEST_CASE(
      "an erase that neither moves nor ends is given up, not before the drive's own figure has passed three times") {
    StallWatch quick(Moment{});
    CHECK_FALSE(quick.look(Moment{9min}, 655, std::nullopt));
    CHECK_FALSE(quick.look(Moment{18min}, 655, std::nullopt));
    CHECK(quick.look(Moment{20min}, 655, std::nullopt));
    StallWatch slow(Moment{});
    CHECK_FALSE(slow.look(Moment{50min}, 0, 20min));
    CHECK(slow.look(Moment{61min}, 0, 20min));

    AtaBench bench({.sanitize_sticks_at = 2});
    const std::unique_ptr<DriveErase> erase = bench.erase(EraseCommand::SanitizeBlock);
    REQUIRE(erase->start().value().is_running);
    for (unsigned i = 0; i < kMostPolls; ++i) CHECK(erase->poll().value().is_running);
    CHECK(erase->given_up().report().outcome == EraseOutcome::Stuck);
    CHECK(erase->proof().report().exchanges.size() <= 5);  // One line each time that the answer changes.
  }

  TEST_CASE("what a drive offers is read off it, with what stands in the way") {
    AtaBench ata({.is_security_frozen = true});
    const DriveErases of_ata = read_drive_erases(ata.firmware).value();
    CHECK(of_ata.offered == std::vector<EraseCommand>(std::begin(kAtaErases), std::end(kAtaErases)));
    CHECK(of_ata.is_frozen);
    NvmeBench nvme({.has_format = false, .namespaces = 2});
    const DriveErases of_nvme = read_drive_erases(nvme.firmware).value();
    CHECK(of_nvme.offered == std::vector{EraseCommand::NvmeSanitizeBlock, EraseCommand::NvmeSanitizeCrypto,
                                         EraseCommand::NvmeSanitizeOverwrite});
    CHECK(of_nvme.has_other_namespaces);
  }

  TEST_CASE("models that their own erase harms are known, each with who says so") {
    CHECK(known_bad_for("INTEL SSDPEKNW512G8", EraseCommand::NvmeSanitizeBlock) != nullptr);
    CHECK(known_bad_for("INTEL SSDPEKNW512G8", EraseCommand::NvmeFormat) == nullptr);
    CHECK(known_bad_for("Samsung SSD 870", EraseCommand::SanitizeBlock) == nullptr);
    for (const KnownBad& row : known_bad()) CHECK_FALSE(row.source.empty());
  }
}

}  // namespace
}  // namespace relance
