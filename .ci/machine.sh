# Sourced by the scripts beside it: what they need on the machine, and how they get it.

# What the build and its tests call, and the Debian package that brings it.
needed=(
  git:git
  mvn:maven
  find:findutils
  tmux:tmux
  chromium:chromium
  chromedriver:chromium-driver
)
build_java=25

install_missing() {
  local packages=() entry
  for entry in "${needed[@]}"; do
    command -v "${entry%%:*}" >/dev/null || packages+=("${entry#*:}")
  done
  [ -n "$(jdk_home "$build_java")" ] || packages+=("openjdk-$build_java-jdk-headless")
  [ "${#packages[@]}" -eq 0 ] && return
  echo "installing ${packages[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
}

# The first JDK of at least the given version, JAVA_HOME before the others; nothing when there is none.
jdk_home() {
  local home version
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -x "$home/bin/javac" ] || continue
    version=$("$home/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    if [ "${version:-0}" -ge "$1" ]; then
      echo "$home"
      return
    fi
  done
}
