//! The chain: builds, simulates and signs a swap, sends it, and tells what the record says of it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, SignedTransaction},
    ports::{Chain, ChainStatus, Prepare, Unavailable},
};
use jiff::Timestamp;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use venues::{Fill, Side};

use crate::{
    fees::Fees,
    funds::Funds,
    instructions::{
        SYSTEM_PROGRAM,
        associated_token::{self, ASSOCIATED_TOKEN_PROGRAM},
        compute_budget, marker,
    },
    market::{Market, view},
    pools::{PoolState, Role, SwapUser, TokenAccount},
    record::{self, Paid, Record, SlippageCode},
    rpc::{self, Rpc, RpcError},
    transaction::{Message, Parsed, TransactionError},
    wallet::Signer,
};

/// The chain.
pub(crate) struct SolanaChain {
    pub(crate) rpc: Arc<Rpc>,
    pub(crate) record: Arc<Record>,
    pub(crate) market: Arc<Market>,
    pub(crate) fees: Arc<Fees>,
    pub(crate) funds: Funds,
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) slippage_codes: Vec<SlippageCode>,
}

/// When to look first: a transaction is not final before.
const FIRST_LOOK: Duration = Duration::from_millis(400);

/// What a transaction may take at the most: the chain's own limit, for the simulation.
const MOST_UNITS: u32 = 1_400_000;

/// Compute units of some more price bins than were simulated.
const ROOM: u64 = 25_000;

/// Lamports that an account without data needs at the most; it was less than half, and falls.
const MOST_RENT: u64 = 2_000_000;

/// How much less than by the arithmetic a simulated swap may pay, in hundredths of a per cent:
/// somebody else's swap may come between. Beyond that the program does something else.
const TOLERANCE_BPS: u64 = 100;

/// What is about to be signed.
struct Draft<'a> {
    request: &'a Prepare<'a>,
    state: PoolState,
    user: SwapUser,
    side: Side,
    mint_out: Pubkey,
    /// The token program of the token bought.
    program_out: Pubkey,
    fill: Fill,
    /// Lamports that the order's marker holds.
    rent: u64,
}

impl SolanaChain {
    /// The draft, once the orders before it have left enough.
    async fn draft_in_turn<'a>(&'a self, request: &'a Prepare<'a>) -> Result<Draft<'a>, Failure> {
        let rent = self.rpc.rent_exemption(0).await.map_err(unread)?;
        if rent > MOST_RENT {
            return Err(later(
                "a node asks for more than an order's marker can cost",
            ));
        }
        let begin = Instant::now();
        loop {
            match self.draft(request, rent).await {
                Err(failure)
                    if failure.code == FailureCode::FundsReserved
                        && self.funds.wait(begin).await => {}
                drafted => return drafted,
            }
        }
    }

    /// Reserves what the order sells, then reads the pool and the wallet's accounts, in a slot that
    /// is not before the quote's.
    async fn draft<'a>(
        &'a self,
        request: &'a Prepare<'a>,
        rent: u64,
    ) -> Result<Draft<'a>, Failure> {
        let pool = request.route.pool.as_ref();
        let pool = pool.ok_or_else(|| later("the chosen pool is not known any more"))?;
        let listed = self.market.pool(&pool.address);
        let listed = listed.ok_or_else(|| later("the chosen pool is not in the markets file"))?;
        let swap = request.swap;
        let mint = |token| {
            let listed = self.market.mint(token);
            listed.ok_or_else(|| later("a token is not in the markets file any more"))
        };
        let (mint_in, mint_out) = (mint(&swap.token_in)?, mint(&swap.token_out)?);
        let wallet = self.signer.address();
        let program = |mint: &Pubkey| {
            let program = listed.token_program(mint);
            program.ok_or_else(|| later("the chosen pool does not trade the pair"))
        };
        let (program_in, program_out) = (program(&mint_in)?, program(&mint_out)?);
        let user = SwapUser {
            wallet,
            token_in: associated_token::address(&wallet, &mint_in, &program_in),
            token_out: associated_token::address(&wallet, &mint_out, &program_out),
        };
        let turn = self.funds.reserve(request, &mint_in, rent).await?;
        let more = [
            wallet,
            user.token_in,
            user.token_out,
            marker::address(&wallet, request.id),
        ];
        let look = self.market.look(&[listed], &more, Some(pool.slot)).await;
        let look = look.map_err(unread)?;
        let state = look.pools.into_iter().next();
        let state = state.ok_or_else(|| later("the pool was not read"))?;
        let state = state.map_err(|error| later(error.to_string()))?;
        let [own, held_in, held_out, marker] = look.more.as_slice() else {
            return Err(later("the wallet's accounts were not read"));
        };
        if marker.is_some() {
            // Whoever asks for another transaction has seen the former one dead, by every guard.
            tracing::error!(order = %request.id, "defect: the order has landed, and is tried again");
            return Err(later("a transaction of the order has landed already"));
        }
        let held = |address, account: &Option<rpc::Account>, symbol: &str| {
            // Anybody can send lamports there before there is a token account.
            let is_one = |account: &&rpc::Account| {
                account.owner != SYSTEM_PROGRAM || !account.data.is_empty()
            };
            let Some(account) = account.as_ref().filter(is_one).map(view) else {
                return Ok(None);
            };
            let read = TokenAccount::read(Role::Wallet, address, Some(account));
            let read = read.map_err(|error| never(error.to_string()))?;
            match read.frozen {
                true => Err(never(format!(
                    "the wallet's {symbol} is frozen by its issuer"
                ))),
                false => Ok(Some(read.amount)),
            }
        };
        let symbol = &swap.token_in.symbol;
        let has = held(user.token_in, held_in, symbol)?.unwrap_or_default();
        let lamports = own.as_ref().map_or(0, |own| own.lamports);
        turn.suffices(has, lamports)?;
        held(user.token_out, held_out, &swap.token_out.symbol)?;
        let side = state.side(&mint_in);
        let side = side.ok_or_else(|| later("the chosen pool does not trade the pair"))?;
        let now = Timestamp::now().as_second();
        let fill = state.pool.fill(side, swap.amount_in.units(), now);
        let fill = fill.map_err(|refusal| later(refusal.to_string()))?;
        if fill.amount_out < request.min_out.units() {
            return Err(slipped());
        }
        Ok(Draft {
            request,
            state,
            user,
            side,
            mint_out,
            program_out,
            fill,
            rent,
        })
    }

    /// Executes the draft without signing it, with a floor close to what it should pay: the order's
    /// own may leave room for a pool that is not what it is taken for. Answers the compute units
    /// that it takes.
    async fn rehearse(&self, draft: &Draft<'_>) -> Result<u32, Failure> {
        let due = draft.fill.amount_out;
        let margin = u128::from(due) * u128::from(TOLERANCE_BPS) / 10_000;
        let expected = due.saturating_sub(u64::try_from(margin).unwrap_or(u64::MAX));
        let floor = expected.max(draft.request.min_out.units());
        let instructions = draft.instructions(MOST_UNITS, 0, floor);
        // The node takes a blockhash of its own.
        let message = Message::new(draft.user.wallet, &instructions, Hash::default());
        let message = message.map_err(unbuilt)?;
        let simulated = self.rpc.simulate(&message.unsigned(), &[]).await;
        let simulated = simulated.map_err(unread)?;
        if let Some(error) = &simulated.error {
            let program = |index: usize| Some(instructions.get(index)?.program_id);
            let failure = self.refused(error, program);
            let is_own_floor = floor == draft.request.min_out.units();
            if failure.code == FailureCode::SlippageExceeded && !is_own_floor {
                return Err(draft.pays_too_little());
            }
            return Err(failure);
        }
        let units = simulated.units_consumed.unwrap_or(u64::from(MOST_UNITS));
        // The pool may be in another state by then: some bins away.
        let with_room = units.saturating_mul(23).div_ceil(20).saturating_add(ROOM);
        Ok(u32::try_from(with_room).map_or(MOST_UNITS, |units| units.min(MOST_UNITS)))
    }

    /// What a simulation's error means: `{"InstructionError": [INDEX, {"Custom": CODE}]}` of a
    /// program, or something about the wallet.
    fn refused(
        &self,
        error: &serde_json::Value,
        program: impl Fn(usize) -> Option<Pubkey>,
    ) -> Failure {
        if let Some(name) = error.as_str() {
            return match name {
                "AccountNotFound" | "InsufficientFundsForFee" => lacks_sol(),
                other => later(format!("the chain would refuse the transaction: {other}")),
            };
        }
        if error.get("InsufficientFundsForRent").is_some() {
            return lacks_sol();
        }
        let at = &error["InstructionError"];
        let index = at[0].as_u64().and_then(|index| usize::try_from(index).ok());
        let code = at[1]["Custom"]
            .as_u64()
            .and_then(|code| u32::try_from(code).ok());
        match (index.and_then(program), code) {
            // The second one creates accounts by way of the first.
            (Some(SYSTEM_PROGRAM | ASSOCIATED_TOKEN_PROGRAM), Some(LACKS_LAMPORTS)) => lacks_sol(),
            (Some(program), Some(code)) => {
                record::failure(Some((program, code)), &self.slippage_codes)
            }
            _ => record::failure(None, &self.slippage_codes),
        }
    }
}

/// The system program's code for an account that cannot pay.
const LACKS_LAMPORTS: u32 = 1;

impl Draft<'_> {
    /// A pool that does not pay what it should may be another than it is taken for.
    fn pays_too_little(&self) -> Failure {
        let token = &self.request.swap.token_out;
        let due = token.units(self.fill.amount_out);
        tracing::warn!(
            pool = %self.state.keys.pool.address, %due,
            "a pool does not pay what it should, nothing was signed"
        );
        later(format!(
            "the chain would pay more than 1 % less than the {due} {} that are due",
            token.symbol
        ))
    }

    fn instructions(&self, limit: u32, price: u64, floor: u64) -> Vec<Instruction> {
        let (wallet, swap) = (&self.user.wallet, self.request.swap);
        vec![
            compute_budget::limit(limit),
            compute_budget::price(price),
            marker::create(wallet, self.request.id, self.rent),
            associated_token::create_if_absent(wallet, &self.mint_out, &self.program_out),
            self.state
                .swap_instruction(&self.user, self.side, swap.amount_in.units(), floor),
        ]
    }
}

#[async_trait]
impl Chain for SolanaChain {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        let draft = self.draft_in_turn(request).await?;
        let limit = self.rehearse(&draft).await?;
        let floor = request.min_out.units();
        let written = draft.instructions(limit, 0, floor);
        let written = Message::new(draft.user.wallet, &written, Hash::default());
        let written = written.map_err(unbuilt)?;
        let paid = self.rpc.prioritization_fees(written.writable()).await;
        let price = self.fees.price(paid.map_err(unread)?, limit);
        let instructions = draft.instructions(limit, price, floor);
        // Last, so that it lives for as long as it can.
        let blockhash = self.rpc.latest_blockhash().await.map_err(unread)?;
        self.record
            .may_sign_with(&blockhash)
            .map_err(|doubt| later(doubt.0))?;
        let message = Message::new(draft.user.wallet, &instructions, blockhash.hash);
        let signed = message.map_err(unbuilt)?.sign(self.signer.as_ref()).await;
        let signed = signed.map_err(unbuilt)?;
        Ok(SignedTransaction {
            signature: signed.signature,
            bytes: signed.bytes,
            last_valid_height: blockhash.last_valid_height,
            min_out: request.min_out,
        })
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.rpc.send(&transaction.bytes).await?;
        Ok(FIRST_LOOK)
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.record.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        let foreign = |error: TransactionError| Unavailable(error.to_string());
        let parsed = Parsed::read(&transaction.bytes).map_err(foreign)?;
        let no_token = || Unavailable("the transaction does not say what it buys".to_owned());
        let paid = Paid {
            owner: parsed.wallet,
            mint: parsed.bought.ok_or_else(no_token)?,
        };
        let marker = parsed.marker.as_ref();
        self.record
            .status(&transaction.signature, &paid, marker)
            .await
    }
}

/// A failure that another attempt may mend.
fn later(reason: impl Into<String>) -> Failure {
    Failure::new(FailureCode::VenuesUnavailable, reason)
}

/// A failure that time cannot mend.
fn never(reason: impl Into<String>) -> Failure {
    Failure::new(FailureCode::SwapFailed, reason)
}

fn lacks_sol() -> Failure {
    let reason = "the wallet lacks SOL for the network's fee and the accounts that are created";
    Failure::new(FailureCode::InsufficientFunds, reason)
}

fn slipped() -> Failure {
    let reason = "the swap would have paid less than the order's minimum";
    Failure::new(FailureCode::SlippageExceeded, reason)
}

fn unread(error: RpcError) -> Failure {
    later(error.to_string())
}

/// A signer that does not answer may answer later; what cannot be built never can.
fn unbuilt(error: TransactionError) -> Failure {
    match error {
        TransactionError::Signer(error) => later(error.to_string()),
        error => never(error.to_string()),
    }
}
