# The gateway. Build it from the root of the repository:
#   docker build -f deploy/docker/Gateway.Dockerfile -t treaty-grid-gateway:local .
# The two images below are tags; deploy/compose/pin finds their digests, to pass as --build-arg.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0.401
ARG ASPNET_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${SDK_IMAGE} AS build
# Packages exactly as the lock files have them.
ENV CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY . .
RUN dotnet publish services/Gateway -c Release -o /app -p:UseAppHost=false

FROM ${ASPNET_IMAGE}
WORKDIR /app
COPY --from=build /app .
# The base image would have it listen on 8080. TreatyGrid__Identity stands in no image: without it the gateway refuses
# to listen beyond its own machine, and whoever sets it vouches for the network in front.
ENV ASPNETCORE_HTTP_PORTS= \
    TreatyGrid__Grpc=http://0.0.0.0:5400 \
    TreatyGrid__Web=http://0.0.0.0:5480
# By number, as Kubernetes must see that it is not root.
USER 1654
# gRPC; JSON and health.
EXPOSE 5400 5480
# The image has no curl; bash opens the connection itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/5480 && printf 'GET /healthz/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ $status = 200 ]"]
ENTRYPOINT ["dotnet", "Treaty.Grid.Gateway.dll"]
