#include "wiper/linux/tools.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include "wiper/linux/memory_file.h"
#include "wiper/linux/os_error.h"

namespace relance {
namespace {

constexpr std::array kProgramFolders = {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"};
constexpr std::size_t kComplaintLength = 400;  // What of a program's complaint goes into an Error: its last lines.
constexpr std::size_t kPiece = 16 * 1024;

Error tool_error(Errc code, const std::string& sentence, int os_errno = 0) {
  return {code, Stop::ToolFailed, sentence, os_errno};
}

Result<std::string> find_program(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos)
    return tool_error(Errc::Invalid, "'" + name + "' is no program's name");
  for (const char* folder : kProgramFolders) {
    const std::string path = folder + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return tool_error(Errc::Unsupported, "the program " + name + " is not installed", ENOENT);
}

// The end of a stream; the rest is let go.
class Tail {
 public:
  void add(std::string_view piece) {
    text_ += piece;
    if (text_.size() > 2 * kToolOutputLimit) text_.erase(0, text_.size() - kToolOutputLimit);
  }
  std::string take() {
    if (text_.size() > kToolOutputLimit) text_.erase(0, text_.size() - kToolOutputLimit);
    return std::move(text_);
  }

 private:
  std::string text_;
};

struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

Result<Pipe> make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return tool_error(Errc::Io, os_sentence("pipe", errno), errno);
  Pipe pipe{.reading = Descriptor(ends[0]), .writing = Descriptor(ends[1])};
  (void)::fcntl(ends[0], F_SETFL, O_NONBLOCK);  // poll() comes first; a pipe takes this flag.
  return pipe;
}

// Standard input lies in memory from the start: no program of ours waits for it to be read.
Result<Descriptor> input_file(const std::string& input) {
  const auto file = TRY(LinuxMemoryFile::make(input.size()));
  TRY(file->write(0, std::as_bytes(std::span(input))));
  Descriptor copy(::open(file->path().c_str(), O_RDONLY | O_CLOEXEC));
  if (!copy.is_open()) return tool_error(Errc::Io, os_sentence("standard input", errno), errno);
  return copy;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Channels {
  Descriptor input;
  Pipe output;
  Pipe errors;
};

Result<Channels> make_channels(const std::string& input) {
  Descriptor in = TRY(input_file(input));
  Pipe output = TRY(make_pipe());
  Pipe errors = TRY(make_pipe());
  return Channels{.input = std::move(in), .output = std::move(output), .errors = std::move(errors)};
}

Result<pid_t> spawn(const std::string& program, const ToolRequest& request, const Channels& channels) {
  std::vector<std::string> arguments{request.program};
  arguments.insert(arguments.end(), request.arguments.begin(), request.arguments.end());
  std::vector<std::string> environment{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  environment.insert(environment.end(), request.environment.begin(), request.environment.end());
  const std::vector<char*> argv = pointers_to(arguments);
  const std::vector<char*> envp = pointers_to(environment);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  require(::posix_spawn_file_actions_init(&actions) == 0 && ::posix_spawnattr_init(&attributes) == 0,
          "posix_spawn does not start");
  int trouble = ::posix_spawn_file_actions_adddup2(&actions, channels.input.number(), STDIN_FILENO);
  if (trouble == 0)
    trouble = ::posix_spawn_file_actions_adddup2(&actions, channels.output.writing.number(), STDOUT_FILENO);
  if (trouble == 0)
    trouble = ::posix_spawn_file_actions_adddup2(&actions, channels.errors.writing.number(), STDERR_FILENO);
  for (const MemoryFile* file : request.files) {
    const auto* ours = dynamic_cast<const LinuxMemoryFile*>(file);
    require(ours != nullptr, "a memory file of another Tools");
    // Onto itself: the child keeps it, under the number that path() names. All else of ours closes itself on exec.
    if (trouble == 0) trouble = ::posix_spawn_file_actions_adddup2(&actions, ours->descriptor(), ours->descriptor());
  }
  sigset_t none;
  sigset_t all;
  (void)::sigemptyset(&none);
  (void)::sigfillset(&all);
  if (trouble == 0) trouble = ::posix_spawnattr_setpgroup(&attributes, 0);
  if (trouble == 0) trouble = ::posix_spawnattr_setsigmask(&attributes, &none);
  if (trouble == 0) trouble = ::posix_spawnattr_setsigdefault(&attributes, &all);
  if (trouble == 0)
    trouble =
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = -1;
  if (trouble == 0) trouble = ::posix_spawn(&child, program.c_str(), &actions, &attributes, argv.data(), envp.data());
  (void)::posix_spawn_file_actions_destroy(&actions);  // Cannot fail in glibc.
  (void)::posix_spawnattr_destroy(&attributes);
  if (trouble != 0) return tool_error(Errc::Io, os_sentence("start " + request.program, trouble), trouble);
  return child;
}

// If memory runs out, the kernel shall take the tool and not the job beside it.
void offer_to_oom_killer(pid_t child) {
  const Descriptor file(::open(("/proc/" + std::to_string(child) + "/oom_score_adj").c_str(), O_WRONLY | O_CLOEXEC));
  constexpr std::string_view kFirst = "1000";
  if (file.is_open() && ::write(file.number(), kFirst.data(), kFirst.size()) < 0) return;  // Then the kernel chooses.
}

nanoseconds steady_now() {
  timespec time{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &time);  // Exists on every Linux.
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

// Takes what is there; false once the other end is closed.
bool drain(const Descriptor& pipe, Tail& tail) {
  std::array<char, kPiece> piece;
  const ssize_t count = ::read(pipe.number(), piece.data(), piece.size());
  if (count > 0) tail.add({piece.data(), static_cast<std::size_t>(count)});
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

struct Ending {
  bool timed_out = false;
  int status = 0;  // As waitpid tells.
};

// Reads both streams until the program has ended; what its children still hold open is not waited for.
Ending follow(pid_t child, nanoseconds time_limit, const Channels& channels, Tail& output, Tail& errors) {
  // By number: glibc 2.36 declares pidfd_open without extern "C".
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  require(process.is_open(), "pidfd_open on our own child");
  const nanoseconds deadline = steady_now() + time_limit;
  constexpr nanoseconds kLongestPoll = std::chrono::seconds(1);  // poll() counts in an int of milliseconds.
  Ending ending;
  std::array<pollfd, 3> watched = {pollfd{process.number(), POLLIN, 0},
                                   pollfd{channels.output.reading.number(), POLLIN, 0},
                                   pollfd{channels.errors.reading.number(), POLLIN, 0}};
  for (;;) {
    const nanoseconds left = deadline - steady_now();
    if (left <= nanoseconds(0)) {
      ending.timed_out = true;
      break;
    }
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(std::min(left, kLongestPoll));
    if (::poll(watched.data(), watched.size(), static_cast<int>(pause.count())) <= 0) continue;
    if (watched[1].revents != 0 && !drain(channels.output.reading, output)) watched[1].fd = -1;
    if (watched[2].revents != 0 && !drain(channels.errors.reading, errors)) watched[2].fd = -1;
    if (watched[0].revents != 0 && watched[1].revents == 0 && watched[2].revents == 0) break;
  }
  (void)::kill(-child, SIGKILL);  // Its group: after a time-out all of it, otherwise what it left behind.
  pid_t reaped = -1;
  do {
    reaped = ::waitpid(child, &ending.status, 0);
  } while (reaped < 0 && errno == EINTR);
  require(reaped == child, "somebody else took our child's exit code");
  return ending;
}

std::string end_of(const std::string& complaint) {
  std::string end = complaint.substr(complaint.size() - std::min(complaint.size(), kComplaintLength));
  for (char& letter : end)
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f)
      letter = ' ';  // A file system's label speaks through it.
  while (!end.empty() && end.back() == ' ') end.pop_back();
  return end;
}

}  // namespace

Result<std::unique_ptr<MemoryFile>> LinuxTools::make_memory_file(std::uint64_t size_bytes) {
  auto file = TRY(LinuxMemoryFile::make(size_bytes));
  return std::unique_ptr<MemoryFile>(std::move(file));
}

Result<ToolResult> LinuxTools::run(const ToolRequest& request) {
  const std::string program = TRY(find_program(request.program));
  Channels channels = TRY(make_channels(request.input));
  const pid_t child = TRY(spawn(program, request, channels));
  offer_to_oom_killer(child);
  channels.output.writing = Descriptor();  // Otherwise its end would never come.
  channels.errors.writing = Descriptor();
  Tail output;
  Tail errors;
  const Ending ending = follow(child, request.time_limit, channels, output, errors);

  ToolResult result{.exit_code = -1, .output = output.take(), .errors = errors.take()};
  const std::string complaint = ": " + end_of(result.errors.empty() ? result.output : result.errors);
  if (ending.timed_out) return tool_error(Errc::Timeout, request.program + " did not end in time" + complaint);
  if (WIFSIGNALED(ending.status))
    return tool_error(Errc::Io,
                      request.program + " was ended by signal " + std::to_string(WTERMSIG(ending.status)) + complaint);
  result.exit_code = WEXITSTATUS(ending.status);
  if (std::find(request.good_exits.begin(), request.good_exits.end(), result.exit_code) == request.good_exits.end())
    return tool_error(Errc::Io, request.program + " ended with " + std::to_string(result.exit_code) + complaint);
  return result;
}

}  // namespace relance
