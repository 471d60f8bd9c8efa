# syntax=docker/dockerfile:1
# The program is plain JavaScript after the build: the platform is that of the base image, whichever is asked for.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Optional packages too: the compiler's own binary is one. They are taken out again below.
RUN npm ci
COPY tsconfig.json tsconfig.base.json ./
COPY src ./src
COPY adapters ./adapters
RUN npx tsc -b src/cli && npm prune --omit=dev --omit=optional

FROM node:24-slim
# Engines that are configured as ssh://… are reached by the ssh client.
RUN apt-get update && apt-get install -y --no-install-recommends openssh-client && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENV NODE_ENV=production EXECFMT_CONFIG=/etc/execfmt/execfmt.yaml
EXPOSE 3000
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/src/main.js"]
CMD ["serve"]
