# Any builder takes this file (BuildKit, buildah, podman, Docker's old one): it needs no extension of the syntax.
# What is built is JavaScript, without machine code: the platform is that of the base image, whichever is asked for.
#   docker buildx build --platform linux/amd64,linux/arm64 -t registry.corp.io/execfmt:0.1.0 --push .
# For a build that can be repeated name the base by digest: --build-arg NODE_IMAGE=node:24-slim@sha256:…
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Optional packages too: the compiler's own binary is one. They are taken out again below.
RUN npm ci
COPY tsconfig.json tsconfig.base.json ./
COPY src ./src
COPY adapters ./adapters
# The bill of materials is of what is really there. `npm sbom --omit=…` would leave out packages that a development package
# may use as well, and without it what was pruned would be a mistake: so the names of those go first.
RUN npx --no-install tsc -b src/cli \
 && npm prune --omit=dev --omit=optional \
 && npm pkg delete devDependencies optionalDependencies \
 && npm sbom --sbom-format cyclonedx --sbom-type application > sbom.cdx.json \
 # What only compilers, debuggers, readers, Windows and other runtimes (Bare) use; licences stay.
 && find dist node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \
    -o -name '*.tsbuildinfo' -o -name '*.bare' -o -name '*.exe' -o -iname 'readme*' -o -iname 'changelog*' \) -delete \
 && rm -f node_modules/.package-lock.json \
 && mkdir data

# The bill of materials alone: docker build --target sbom --output sbom .
FROM scratch AS sbom
COPY --from=build /build/sbom.cdx.json /

FROM ${NODE_IMAGE}
# ssh://… engines are reached by the ssh client; tini is PID 1: it passes signals on from the first moment and takes
# away what a killed credential plugin leaves. Packages are installed only here: no package manager of Node is left, and
# no file that gives another user's rights.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates openssh-client tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache \
    /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && ln -s /app/src/cli/execfmt.js /usr/local/bin/execfmt
WORKDIR /app
COPY LICENSE ./
COPY src/cli/execfmt.js ./src/cli/execfmt.js
COPY --from=build /build/package.json /build/sbom.cdx.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build --chown=1000:1000 /build/data /data
# By number: Kubernetes cannot tell from a name that it is not root.
USER 1000:1000
VOLUME /data
# The root file system may be read-only: what is only for speed goes to /tmp, a tmpfs or nothing at all.
ENV NODE_ENV=production EXECFMT_CONFIG=/etc/execfmt/execfmt.yaml XDG_CACHE_HOME=/tmp
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "execfmt"]
CMD ["serve"]
# Last, because they differ from build to build: everything above stays in the builder's cache.
ARG NODE_IMAGE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="execfmt" \
      org.opencontainers.image.description="Finds why a container dies with exec format error, proves the way back, and carries it out when the right people approve." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="${NODE_IMAGE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
